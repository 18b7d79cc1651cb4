"""The web server of one process, stopped cleanly by Ctrl-C."""

from __future__ import annotations

import ctypes
import gc
import signal
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from app.access.links import make_first_link
from app.bootstrap import Workspace, read_clock
from config.errors import Refused

_TURN: Final = 0.0005  # seconds
_ARENA_MAX: Final = -8  # M_ARENA_MAX of malloc.h
_COLLECT: Final = (5_000, 20, 50)  # objects, and collections of the younger ones before an older


def serve_pages(
    workspace: Workspace,
    *,
    host: str | None,
    port: int | None,
    announce: Callable[[str], None],
) -> None:
    """Serve until interrupted; says the address once it can be opened."""
    import uvicorn

    from app.jobs import spare_collector
    from app.web.application import create_app
    from app.web.served import is_open

    web = workspace.settings.web
    listening = _listen(host or web.host, web.port if port is None else port)
    address, bound = listening.getsockname()[:2]
    shown = f"[{address}]" if ":" in address else address
    try:
        app = create_app(workspace, host=host or web.host)
    except Refused:
        listening.close()
        raise
    share_memory()
    take_short_turns()
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, server_header=False, date_header=False,
        timeout_graceful_shutdown=5, lifespan="on",
    )  # fmt: skip
    reached = web.public_url.rstrip("/") or f"http://{shown}:{bound}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            _hold_signals(held=False)  # its own handlers stand by now
            await super().startup(sockets)

    try:
        # uvicorn finishes its requests and then raises the signal again: it must not kill us
        # before the caller has put its own things in order. Until it listens for signals they
        # wait: raised in the middle of its start, one could be swallowed, and nothing ended.
        _hold_signals(held=True)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        announce(f"Warmlist is at http://{shown}:{bound}/  (Ctrl-C stops it)")
        if not is_open(workspace):
            _announce_first_link(workspace, reached, announce)
        spare_collector()  # else one page in fifty waits a tenth of a second for a round of it
        Server(config).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        _hold_signals(held=False)
        listening.close()
    announce("Stopped.")


def _announce_first_link(
    workspace: Workspace, reached: str, announce: Callable[[str], None]
) -> None:
    with workspace.db.write() as session:
        first = make_first_link(session, now=read_clock(), settings=workspace.settings.access)
    if first is not None:
        announce(f"Nobody can sign in yet. The first admin comes in by {reached}/welcome/{first}")


def _hold_signals(*, held: bool) -> None:
    if hasattr(signal, "pthread_sigmask"):  # not everywhere
        how = signal.SIG_BLOCK if held else signal.SIG_UNBLOCK
        signal.pthread_sigmask(how, {signal.SIGINT, signal.SIGTERM})


def take_short_turns() -> None:
    """Let nobody wait for what others ask for, once everything is loaded.

    Python's threads take turns of 5 ms, and a mark asks for one at each of its statements; half a
    millisecond costs a page nothing that could be measured. Collecting garbage looked through all
    that was ever imported, for 150 to 500 ms each time; what is there now stays and is left out.
    """
    sys.setswitchinterval(_TURN)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT)


def share_memory() -> None:
    """Let all threads take memory from one place; two keep 10 MB more, one for each thread 30.

    Only where the C library is glibc, before there are threads.
    """
    with suppress(AttributeError, OSError):  # another library has no such thing
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(256)  # whoever opens the announced address waits instead of being refused
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused(
            "Address %(host)s:%(port)s cannot be used: %(reason)s.",
            "Choose another with --port, or stop the program that uses it.",
            host=host,
            port=port,
            reason=reason.lower(),
        ) from error
    return listening
