"""Runs what is due on several threads, so that a slow source holds nobody up."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from app.bootstrap import Workspace
from app.collecting import run_lease
from app.ears import Ears
from app.runs import RunReport
from signals.leases import Lease, Wanted, lease_due, renew
from signals.schedule import synchronise

_log: Any = structlog.get_logger("collect")
_EVERYTHING = Wanted()


def _process_name() -> str:
    """This process, as no other on any machine: host, its space of process numbers, its number."""
    try:
        space = Path("/proc/self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:  # not on this system
        space = "-"
    return f"{socket.gethostname()[:24]}:{space}:{os.getpid()}"


def is_dead(owner: str) -> bool:
    """Whether a lease's owner was a process of this machine that is no more.

    An owner elsewhere is never called dead; its lease ends by itself.
    """
    ours = _process_name().split(":")
    parts = owner.split(":")
    if len(parts) < 4 or parts[:2] != ours[:2] or not parts[2].isdigit() or parts[2] == ours[2]:
        return False
    try:
        os.kill(int(parts[2]), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return False


class Crew:
    """The threads of a process that collect; at most ``threads`` at a time.

    Every run has a lease that a thread of its own renews, so that the lease of a process that died
    ends within seconds and no run has to name its length beforehand.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
        report: Callable[[RunReport], None] = lambda report: None,  # noqa: ARG005 - nobody asked
    ) -> None:
        self._workspace = workspace
        self._clock = clock
        self._stopping = stopping
        self._report = report
        self._ears = Ears(workspace)
        self._owner = f"{_process_name()}:{secrets.token_hex(3)}"
        self._lock = threading.Lock()
        self._leasing = threading.Lock()
        self._running: dict[int, tuple[Lease, float]] = {}
        self._workers: set[threading.Thread] = set()
        self._beating: threading.Event | None = None

    def tick(self) -> None:
        """Start a thread for each collection that is due while there is room; waits for none."""
        self._synchronise()
        self._start(_EVERYTHING, None)

    def run_once(self, wanted: Wanted = _EVERYTHING) -> list[RunReport]:
        """Run what is due, or wanted, once each, and wait for all of it."""
        self._synchronise()
        reports: list[RunReport] = []
        seen: set[int] = set()
        self._start(wanted, (seen, reports))
        self.join()
        return sorted(reports, key=lambda r: (r.source, r.topic or "", r.task, r.scope))

    def join(self, seconds: float | None = None) -> None:
        """Wait for the running ones, each for so long."""
        while True:
            with self._lock:
                workers = set(self._workers)
            if not workers:
                return
            for worker in workers:
                worker.join(seconds)
            if seconds is not None:
                return

    def _synchronise(self) -> None:
        with self._workspace.db.write() as session:
            synchronise(session, now=self._clock())

    def _start(self, wanted: Wanted, once: tuple[set[int], list[RunReport]] | None) -> None:
        while not self._stopping():
            with self._lock:
                room = self._workspace.settings.collect.threads - len(self._workers)
            lease = self._lease(wanted, once) if room > 0 else None
            if lease is None:
                return
            worker = threading.Thread(
                target=self._work, args=(lease, wanted, once), daemon=True,
                name=f"collect-{lease.name}",
            )  # fmt: skip
            with self._lock:
                self._workers.add(worker)
            worker.start()

    def _lease(self, wanted: Wanted, once: tuple[set[int], list[RunReport]] | None) -> Lease | None:
        seen = once[0] if once is not None else set()
        with self._leasing:
            with self._workspace.db.write() as session:
                leases = lease_due(
                    session, now=self._clock(), lease=self._lease_time, owner=self._owner, limit=1,
                    wanted=wanted, besides=frozenset(seen), is_dead=is_dead,
                )  # fmt: skip
            seen.update(lease.collection_id for lease in leases)
            with self._lock:
                for lease in leases:
                    self._running[lease.run_id] = (lease, self._clock().timestamp())
        self._keep_beating()
        return leases[0] if leases else None

    @property
    def _lease_time(self) -> timedelta:
        return timedelta(seconds=self._workspace.settings.collect.lease_seconds)

    def _work(
        self, first: Lease, wanted: Wanted, once: tuple[set[int], list[RunReport]] | None
    ) -> None:
        """Run a lease, then whatever else is due, until nothing is."""
        lease: Lease | None = first
        try:
            while lease is not None:
                try:
                    self._ears.refresh()
                    report = run_lease(
                        self._workspace, lease, self._ears, clock=self._clock,
                        stopping=self._stopping,
                    )  # fmt: skip
                finally:
                    with self._lock:
                        self._running.pop(lease.run_id, None)
                if once is not None:
                    once[1].append(report)
                self._report(report)
                lease = None if self._stopping() else self._lease(wanted, once)
        except Exception:  # noqa: BLE001 - the database is away: the next tick tries again
            _log.exception("failed", source=first.name)
        finally:
            with self._lock:
                self._workers.discard(threading.current_thread())

    def _keep_beating(self) -> None:
        with self._lock:
            if self._beating is not None or not self._running:
                return
            self._beating = threading.Event()
            beat = threading.Thread(target=self._beat, daemon=True, name="collect-heartbeat")
        beat.start()

    def _beat(self) -> None:
        """Renew the leases of what runs here, until nothing does.

        A run over its longest time is left to whoever takes it over: it hangs.
        """
        settings = self._workspace.settings.collect
        longest = max(settings.stream_seconds, settings.run_seconds) * 3 + 120
        pause = threading.Event()
        while True:
            pause.wait(settings.lease_seconds / 3)
            now = self._clock()
            with self._lock:
                if not self._running:
                    self._beating = None
                    return
                alive = [
                    lease for lease, began in self._running.values()
                    if now.timestamp() - began < longest
                ]  # fmt: skip
            try:
                with self._workspace.db.write() as session:
                    renew(session, alive, now=now, extend=self._lease_time)
            except Exception:  # noqa: BLE001 - one missed beat is no reason to stop beating
                _log.exception("heartbeat")


def collect_due(
    workspace: Workspace,
    *,
    clock: Callable[[], datetime],
    stopping: Callable[[], bool] = lambda: False,
    wanted: Wanted = _EVERYTHING,
) -> list[RunReport]:
    """Run every collection that is due, or wanted, once, and wait for the end of all."""
    return Crew(workspace, clock=clock, stopping=stopping).run_once(wanted)
