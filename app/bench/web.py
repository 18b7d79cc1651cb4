"""What the pages cost: Today beside bare pages, and marking by 50 reps at once.

Everything runs on loopback in this run: a process that serves the pages behind closed doors, one
that serves bare pages, and ``wrk`` (or, without it, a loop of ``httpx``) that asks.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from litestar.routes import HTTPRoute

from app.bench.figures import Figure
from app.bench.serving import free_port, run_server
from app.bench.web_load import Marked, Work, work_together
from app.bench.web_rows import Doors, fill_reps, open_bench, sign_in_everybody
from app.bootstrap import Workspace, read_clock
from app.web.application import create_app
from config.errors import Refused
from models import Rep

_REPS: Final = 50
_SECONDS: Final = 6
_PACED: Final = Work(marks=12, pause=3.0)  # five times as fast as fifteen seconds a person
_SATURATED: Final = Work(marks=6, pause=0.0)
_REDRAWN: Final = 150
_OF_A_ROW: Final = (
    "/prospects/1", "/quotas/reps/1", "/topics/1", "/topics/1/judge", "/topics/1/yield",
    "/topics/1?draft=1&k=rollover&add_k=employer", "/topics/1?suggest=1",
    "/team?table=all", "/people/teams?edit=r1", "/people/teams?edit=stop1",
    "/people/teams?edit=change1", "/people/teams?edit=new",
)  # fmt: skip


def measure() -> list[Figure]:
    """Every figure of the pages; rates are per CPU-second of the process that serves."""
    with tempfile.TemporaryDirectory(prefix="warmlist-bench-web-") as folder:
        home = Path(folder)
        listed = fill_reps(home, reps=_REPS, now=read_clock())
        workspace = open_bench(home, doors="closed")
        cookies = sign_in_everybody(workspace, now=read_clock())
        with _served("bare") as bare:
            hello = _rate(bare, "/hello")
            rows = _rate(bare, "/rows")
        with _served(str(home)) as pages:
            first = next(iter(listed))
            today = _rate(pages, "/today", cookies.of_rep[first])
            redrawn = _rate_redrawn(pages, workspace, cookies.of_rep[first])
            kilobytes = _page_kb(pages.url, workspace, cookies, first)
            before = pages.cpu_seconds()
            paced = work_together(pages.url, listed, cookies.of_rep, _PACED)
            busy = (pages.cpu_seconds() - before) / paced.seconds
            rest = {rep: items[_PACED.marks :] for rep, items in listed.items()}
            saturated = work_together(pages.url, rest, cookies.of_rep, _SATURATED)
            memory = pages.memory_mb()
        workspace.db.close()
    return [
        Figure("web.hello_per_cpu_s", hello, "requests"),
        Figure("web.rows_per_cpu_s", rows, "requests"),
        Figure("web.today_per_cpu_s", today, "requests", reference=rows),
        Figure("web.today_ratio", today / rows, "ratio", 0.5),
        Figure("web.today_redrawn_per_cpu_s", redrawn, "requests", reference=rows),
        Figure("web.today_redrawn_ratio", redrawn / rows, "ratio"),
        *_figures_of_marks("", paced, target=50),
        Figure("web.mark_cpu_share", busy, "of a core"),
        *_figures_of_marks("saturated_", saturated, target=None),
        Figure("web.saturated_marks_per_s", len(saturated.marks) / saturated.seconds, "marks"),
        Figure("web.page_kb", kilobytes, "KB", 100, at_most=True),
        Figure("web.rss_mb", memory, "MB", 200, at_most=True),
    ]


def _figures_of_marks(name: str, marked: Marked, *, target: float | None) -> list[Figure]:
    return [
        Figure(f"web.{name}mark_p50_ms", 1000 * marked.mark_at(0.5), "ms"),
        Figure(f"web.{name}mark_p99_ms", 1000 * marked.mark_at(0.99), "ms", target, at_most=True),
        Figure(f"web.{name}mark_and_list_p99_ms", 1000 * marked.whole_at(0.99), "ms"),
    ]


@dataclass(frozen=True)
class Served:
    """A process that answers at ``url``."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """What it used so far."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        fields = stat.rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> float:
        """The most it ever held."""
        status = Path(f"/proc/{self.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024


@contextmanager
def _served(what: str) -> Iterator[Served]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "app.bench.web_serve", what, str(port)]
    with run_server(command, url, "/hello") as pid:
        yield Served(url, pid)


def _rate(served: Served, path: str, cookie: str = "") -> float:
    """Answered requests per CPU-second of the serving process."""
    url = served.url + path
    _ask(url, 1, cookie)  # warm: templates are compiled, statements are known
    before = served.cpu_seconds()
    answered = _ask(url, _SECONDS, cookie)
    return answered / (served.cpu_seconds() - before)


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


def _rate_redrawn(served: Served, workspace: Workspace, cookie: str) -> float:
    """The same where before every request something was committed: no page can be kept."""
    with httpx.Client(base_url=served.url, headers={"Cookie": cookie}) as client:
        client.get("/today").raise_for_status()
        before = served.cpu_seconds()
        for number in range(_REDRAWN):
            with workspace.db.write() as session:
                session.get_one(Rep, _REPS).name = f"Renamed {number}"
            client.get("/today").raise_for_status()
        return _REDRAWN / (served.cpu_seconds() - before)


def _page_kb(url: str, workspace: Workspace, cookies: Doors, rep_id: int) -> float:
    """The heaviest page as a first visit loads it, in either language: with its styles and scripts.

    Every address without a row in it is asked, and one of each kind with; what is no page is passed
    over.
    """
    heaviest = 0.0
    paths = dict.fromkeys((*_list_plain_paths(workspace), *_OF_A_ROW), cookies.of_admin)
    for path, cookie in (paths | {"/today": cookies.of_rep[rep_id]}).items():
        for language in ("en", "ar"):
            asked = f"{path}{'&' if '?' in path else '?'}lang={language}"
            with httpx.Client(base_url=url, headers={"Cookie": cookie}) as client:
                page = client.get(asked, follow_redirects=True)
                if path in _OF_A_ROW:
                    page.raise_for_status()
                if page.is_error or not page.headers["content-type"].startswith("text/html"):
                    continue
                size = _wire_bytes(page)
                for asset in set(re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text)):
                    size += _wire_bytes(client.get(asset))
                heaviest = max(heaviest, size / 1024)
    return heaviest


def _list_plain_paths(workspace: Workspace) -> list[str]:
    """Every address that answers GET and names no row."""
    return sorted(
        route.path
        for route in create_app(workspace).routes
        if isinstance(route, HTTPRoute) and "GET" in route.methods and "{" not in route.path
    )


def _wire_bytes(answer: httpx.Response) -> int:
    return answer.num_bytes_downloaded or len(answer.content)
