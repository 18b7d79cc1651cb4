"""A process that serves pages prepares itself once everything is loaded."""

from __future__ import annotations

import subprocess
import sys

_PREPARED = """
import gc, sys
from app.serving import share_memory, take_short_turns
share_memory()
take_short_turns()
print(gc.get_freeze_count() > 1000, sys.getswitchinterval() < 0.005, gc.isenabled())
"""


def test_what_is_loaded_is_not_looked_through_again_and_turns_are_short() -> None:
    done = subprocess.run(  # in a process of its own: what is frozen stays so
        [sys.executable, "-c", _PREPARED], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "True", "True"]
