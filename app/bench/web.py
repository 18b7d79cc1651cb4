"""What the pages cost: Today beside bare pages, and marking by 50 reps at once.

Everything runs on loopback in this run: a process that serves the pages, one that serves bare
pages, and ``wrk`` (or, without it, a loop of ``httpx``) that asks.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from app.bench.figures import Figure
from app.bench.web_rows import fill_reps
from app.bootstrap import read_clock
from config.errors import Refused

_REPS: Final = 50
_SECONDS: Final = 6
_PACE: Final = 3.0  # seconds between two marks of one rep: five times as fast as a rep reads
_MARKS: Final = 8  # of each rep
_STARTING: Final = 60.0


def measure() -> list[Figure]:
    """Every figure of the pages; rates are per CPU-second of the process that serves."""
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-web-") as folder:
        home = Path(folder)
        listed = fill_reps(home, reps=_REPS, now=read_clock())
        with _served("bare") as (bare, bare_pid):
            hello = _rate(f"{bare}/hello", bare_pid)
            rows = _rate(f"{bare}/rows", bare_pid)
        with _served(str(home)) as (url, pid):
            today = _rate(f"{url}/today", pid, cookie="rep=1")
            kilobytes = _page_kb(url)
            marks = _mark(url, listed)
            memory = _memory_mb(pid)
    marks.sort()
    p99 = marks[min(len(marks) - 1, round(0.99 * len(marks)))]
    return [
        Figure("web.hello_per_cpu_s", hello, "requests"),
        Figure("web.rows_per_cpu_s", rows, "requests"),
        Figure("web.today_per_cpu_s", today, "requests", reference=rows),
        Figure("web.today_ratio", today / rows, "ratio", 0.5),
        Figure("web.mark_p50_ms", 1000 * marks[len(marks) // 2], "ms"),
        Figure("web.mark_p99_ms", 1000 * p99, "ms", 50, at_most=True),
        Figure("web.page_kb", kilobytes, "KB", 100, at_most=True),
        Figure("web.rss_mb", memory, "MB", 200, at_most=True),
    ]


@contextmanager
def _served(what: str) -> Iterator[tuple[str, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - this very interpreter, fixed arguments
        [sys.executable, "-m", "app.bench.web_serve", what, str(port)]
    )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + _STARTING
        while True:
            try:
                httpx.get(f"{url}/hello", timeout=1)
                break
            except httpx.TransportError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise Refused("The server did not start.", "See what it wrote above.") from None
                time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _rate(url: str, pid: int, *, cookie: str = "") -> float:
    """Answered requests per CPU-second of the serving process."""
    _ask(url, 1, cookie)  # warm: templates are compiled, statements are known
    before = _cpu_seconds(pid)
    answered = _ask(url, _SECONDS, cookie)
    return answered / (_cpu_seconds(pid) - before)


def _ask(url: str, seconds: int, cookie: str) -> int:
    wrk = shutil.which("wrk")
    if wrk is not None:
        done = subprocess.run(  # noqa: S603 - wrk as found on PATH, our own address
            [wrk, "-t1", "-c4", f"-d{seconds}s", "-H", f"Cookie: {cookie}", url],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        found = re.search(r"(\d+) requests in", done.stdout)
        if found is None or "Non-2xx" in done.stdout:
            raise Refused(f"{url} did not answer well:\n{done.stdout}")
        return int(found[1])
    count, end = 0, time.monotonic() + seconds
    with httpx.Client(headers={"Cookie": cookie}) as client:
        while time.monotonic() < end:
            client.get(url).raise_for_status()
            count += 1
    return count


def _page_kb(url: str) -> float:
    """The heaviest page as a first visit loads it: itself with its style sheet and scripts."""
    heaviest = 0.0
    with httpx.Client(base_url=url, headers={"Cookie": "rep=1"}) as client:
        for path in ("/today", "/prospects/1", "/team", "/topics", "/topics/1", "/people"):
            page = client.get(path, follow_redirects=True)
            page.raise_for_status()
            size = _wire_bytes(page)
            for asset in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)):
                size += _wire_bytes(client.get(asset))
            heaviest = max(heaviest, size / 1024)
    return heaviest


def _wire_bytes(answer: httpx.Response) -> int:
    return answer.num_bytes_downloaded or len(answer.content)


def _mark(url: str, listed: dict[int, list[int]]) -> list[float]:
    """Seconds each mark took while every rep works: mark, look at the list again, pause."""
    took: list[float] = []
    failed: list[str] = []
    lock = threading.Lock()

    def work(rep_id: int, assignments: list[int]) -> None:
        with httpx.Client(base_url=url, cookies={"rep": str(rep_id)}, timeout=30) as client:
            token = _token(client.get("/today").text)
            time.sleep(_PACE * (rep_id % _REPS) / _REPS)  # they do not all press at once
            for assignment in assignments[:_MARKS]:
                started = time.monotonic()
                answer = client.post(
                    "/touches",
                    data={
                        "_csrf_token": token, "assignment": str(assignment), "channel": "call",
                        "disposition": "contacted", "key": uuid.uuid4().hex,
                    },
                )  # fmt: skip
                seconds = time.monotonic() - started
                with lock:
                    took.append(seconds)
                    if answer.status_code != 303:
                        failed.append(f"{answer.status_code}")
                client.get("/today")
                time.sleep(max(0.0, _PACE - (time.monotonic() - started)))

    threads = [threading.Thread(target=work, args=pair) for pair in listed.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed or len(took) != _MARKS * len(listed):
        raise Refused(f"{len(failed)} marks of {len(took)} were not recorded: {failed[:3]}.")
    return took


def _token(page: str) -> str:
    found = re.search(r'name="_csrf_token" value="([^"]*)"', page)
    if found is None:
        raise Refused("The page holds no form.")
    return found[1]


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
