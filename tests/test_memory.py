"""What a process says of its own memory."""

import subprocess
import sys

from config.memory import peak_mb

_FAT = """
import subprocess, sys
held = bytearray(b"x") * 400_000_000
print(subprocess.run([sys.executable, "-c", sys.argv[1]], capture_output=True, text=True).stdout)
"""
_SAY = "from config.memory import peak_mb; print(peak_mb())"
_GROWN = f"held = bytearray(b'x') * 150_000_000; {_SAY}"


def _of(*command: str) -> float:
    ran = subprocess.run([sys.executable, *command], capture_output=True, text=True, check=True)
    return float(ran.stdout)


def test_a_process_does_not_count_what_its_parent_held() -> None:
    assert 5 < _of("-c", _FAT, _SAY) < 100


def test_what_was_held_once_counts() -> None:
    assert 143 < _of("-c", _GROWN) < 243
    assert peak_mb() > 5
