"""Starts the program without its start-up: a process that has imported everything forks for each.

What runs is a process of its own all the same, with its own environment, streams, folder, signals
and exit code; only the imports, most of a short command's time, are paid once. As a program::

    python -m tests.app.starter CONTROL    serves requests on that inherited socket until it closes
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

_ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("config", "models", "signals", "prospects", "quotas", "app")
#: Imported by nobody at run time, or does something when it is.
_LEFT = ("app.bench", "models.migrations", "app.__main__")
_REQUEST_BYTES = 1 << 20
_INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)


class Starter:
    """The process that forks, one for every process of the tests."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.app.starter", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                # One thread: a process with more cannot fork safely.
                env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
            )

    def run(
        self, words: Sequence[str], data: bytes, env: Mapping[str, str], cwd: Path, timeout: float
    ) -> tuple[int, bytes, bytes]:
        """Exit code (negative: the signal that ended it), standard output and standard error.

        Raises ``subprocess.TimeoutExpired`` after ``timeout`` seconds, having killed it.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        source, feed = os.pipe()
        with ours, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            request = json.dumps([list(words), dict(env), str(cwd)]).encode()
            files = [theirs.fileno(), source, out.fileno(), err.fileno()]
            socket.send_fds(self._control, [request], files)
            theirs.close()
            os.close(source)
            writer = threading.Thread(target=_write, args=(feed, data))
            writer.start()
            ours.settimeout(timeout)
            pid = _number(ours)
            try:
                status = _number(ours)
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired(list(words), timeout) from None
            finally:
                writer.join()
            return os.waitstatus_to_exitcode(status), _read(out), _read(err)

    def stop(self) -> None:
        """End it; what it started goes on."""
        self._control.close()
        self._process.wait(timeout=30)


@functools.cache
def shared_starter() -> Starter:
    """The one of this process of the tests; it ends when this process does."""
    made = Starter()
    atexit.register(made.stop)
    return made


def _write(feed: int, data: bytes) -> None:
    # A program that refuses early reads no more: what subprocess does about it as well.
    with contextlib.suppress(BrokenPipeError), os.fdopen(feed, "wb") as stream:
        stream.write(data)


def _number(connection: socket.socket) -> int:
    said = connection.recv(8)
    if not said:
        raise RuntimeError("The process that starts the program has ended.")
    return int.from_bytes(said, "big", signed=True)


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _import_everything() -> None:
    for package in _PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not module.name.startswith(_LEFT):
                importlib.import_module(module.name)
    # What the program imports of its libraries only when it comes to it.
    for name in ("spacy.lang.en", "spacy.lang.ar", "alembic.command", "sklearn.linear_model"):
        importlib.import_module(name)


def _serve(control: socket.socket) -> None:
    """Fork for every request; returns in the process that is to run the program."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the keepers
    while True:
        request, files, _, _ = socket.recv_fds(control, _REQUEST_BYTES, 4)
        if not request:
            os._exit(0)
        if os.fork():
            for file in files:
                os.close(file)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        if _keep(files):
            words, env, cwd = json.loads(request)
            _become(words, env, cwd)
            return


def _keep(files: list[int]) -> bool:
    """Fork once more, say the child's number and how it ended; true in the child."""
    connection, *streams = files
    pid = os.fork()
    if not pid:
        os.close(connection)
        for number, file in enumerate(streams):
            os.dup2(file, number)
            os.close(file)
        return True
    os.write(connection, pid.to_bytes(8, "big", signed=True))
    _, status = os.waitpid(pid, 0)
    os.write(connection, status.to_bytes(8, "big", signed=True))
    os._exit(0)


def _become(words: list[str], env: dict[str, str], cwd: str) -> None:
    for number in _INTERRUPTS:
        usual = signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL
        signal.signal(number, signal.SIG_IGN if number == signal.SIGPIPE else usual)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["warmlist", *words]
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same
    sys.stderr = open(  # noqa: SIM115 - the same
        2, "w", encoding="utf-8", errors="backslashreplace", closefd=False, buffering=1
    )


def main() -> None:
    """Serve, and be the program in every process forked."""
    _import_everything()
    gc.freeze()  # what is shared stays shared
    with socket.socket(fileno=int(sys.argv[1])) as control:
        _serve(control)
    from app.cli import main as program

    try:
        program()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    else:
        code = 0
    threading._shutdown()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # taking thousands of modules apart would take a second


if __name__ == "__main__":
    main()
