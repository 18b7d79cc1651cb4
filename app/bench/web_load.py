"""Reps who work at once: each marks somebody, sees the list again, pauses, and goes on."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode, urlsplit

from config.errors import Refused

_IDLE: Final = 3.0  # seconds; the server closes after five


@dataclass(frozen=True, slots=True)
class Work:
    """How many people each rep marks, and the seconds between two marks, half to one and a half."""

    marks: int
    pause: float


@dataclass
class Marked:
    """Seconds each mark took until it was answered, and until the list stood there again."""

    marks: list[float] = field(default_factory=list)
    wholes: list[float] = field(default_factory=list)
    seconds: float = 0.0

    def mark_at(self, share: float) -> float:
        """So many of a mark's answers came within this."""
        return _quantile(self.marks, share)

    def whole_at(self, share: float) -> float:
        """So often the list stood there again within this."""
        return _quantile(self.wholes, share)


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * len(ordered)))]


def work_together(
    url: str, listed: Mapping[int, Sequence[int]], cookies: Mapping[int, str], work: Work
) -> Marked:
    """All reps at once, each in a thread with a connection and a sign-in of its own.

    Each thread's waits are drawn from its rep's number, so that two runs ask alike.
    """
    found = Marked()
    lock = threading.Lock()
    failed: list[str] = []
    # they have their lists before them; that all open theirs in one second is another question
    browsers = {rep_id: _Rep(url, cookies[rep_id]) for rep_id in listed}

    def run(rep_id: int) -> None:
        rep = browsers[rep_id]
        chance = random.Random(rep_id)  # noqa: S311 - waits, nothing secret
        time.sleep(work.pause * chance.random())
        for assignment in listed[rep_id][: work.marks]:
            try:
                mark, whole = rep.mark(assignment)
            except (Refused, OSError, http.client.HTTPException) as error:
                failed.append(repr(error))
                return
            with lock:
                found.marks.append(mark)
                found.wholes.append(whole)
            time.sleep(max(0.0, work.pause * (0.5 + chance.random()) - whole))

    threads = [threading.Thread(target=run, args=(rep_id,)) for rep_id in listed]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found.seconds = time.monotonic() - started
    if failed:
        raise Refused(f"{len(failed)} of {len(threads)} reps could not go on: {failed[0]}")
    return found


class _Rep:
    """A browser, as far as a mark goes."""

    def __init__(self, url: str, cookie: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        self._cookie = cookie
        self._asked_at = time.monotonic()
        page = self._ask("GET", "/today").decode()
        found = re.search(r'name="_csrf_token" value="([^"]*)"', page)
        if found is None:
            raise Refused("The page holds no form.")
        self._token = found[1]
        self._cookie += f"; csrftoken={self._token}"

    def mark(self, assignment: int) -> tuple[float, float]:
        form = {
            "_csrf_token": self._token, "assignment": assignment, "channel": "call",
            "disposition": "contacted", "key": uuid.uuid4().hex,
        }  # fmt: skip
        started = time.monotonic()
        to = self._ask("POST", "/touches", urlencode(form)).decode()
        marked = time.monotonic() - started
        self._ask("GET", to)
        return marked, time.monotonic() - started

    def _ask(self, method: str, path: str, body: str | None = None) -> bytes:
        """The page, or of a form where it leads."""
        if time.monotonic() - self._asked_at > _IDLE:
            self._connection.close()  # and opens again, as a browser's would
        self._asked_at = time.monotonic()
        headers = {"Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != (200 if body is None else 303):
            raise Refused(f"{method} {path} was answered {answer.status}.")
        return content if body is None else (answer.getheader("Location") or "").encode()
