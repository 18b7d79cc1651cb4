"""Measures this machine against the figures the project promises."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.bench.figures import Figure
from config.errors import NotFound, Refused


def run_bench(
    name: str, data: str | None, *, url: str | None = None, size: int | None = None
) -> dict[str, Any]:
    """Run one benchmark; the document DESIGN section 7 shapes.

    ``url`` and ``size`` are of ``prospects`` and ``studio``: the empty database to measure in, and
    how many signals or posts.
    """
    benchmarks: Mapping[str, Callable[[Path | None], list[Figure]]] = {
        "collect": _collect,
        "pipeline": _pipeline,
        "scorer": _scorer,
        "prospects": lambda path: _prospects(path, url=url, size=size),
        "quotas": _quotas,
        "web": _web,
        "studio": lambda path: _studio(path, url=url, size=size),
    }
    if name not in benchmarks:
        raise NotFound(f"There is no benchmark {name!r}.", f"Known: {', '.join(benchmarks)}.")
    path = None if data is None else Path(data)
    if path is not None and not (path.is_dir() if name == "scorer" else path.is_file()):
        raise Refused(f"There is no file {data}.", "Give a file of posts, one JSON object a line.")
    figures = benchmarks[name](path)
    return {"machine": describe_machine(), "figures": [figure.as_json() for figure in figures]}


def _collect(data: Path | None) -> list[Figure]:
    from app.bench.collect import measure

    return measure(data)


def _pipeline(data: Path | None) -> list[Figure]:
    from app.bench.pipeline import measure

    return measure(data)


def _scorer(data: Path | None) -> list[Figure]:
    from app.bench.scorer import measure

    return measure(data)


def _prospects(data: Path | None, *, url: str | None, size: int | None) -> list[Figure]:
    from app.bench.prospects import measure

    return measure(data, url=url, size=size)


def _quotas(_data: Path | None) -> list[Figure]:
    from app.bench.quotas import measure

    return measure()


def _web(_data: Path | None) -> list[Figure]:
    from app.bench.web import measure

    return measure()


def _studio(data: Path | None, *, url: str | None, size: int | None) -> list[Figure]:
    from app.bench.studio import measure

    return measure(data, url=url, size=size)


def describe_machine() -> dict[str, Any]:
    """What the figures were measured on."""
    processor = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                processor = line.partition(":")[2].strip()
                break
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "load": round(os.getloadavg()[0], 2),
    }
