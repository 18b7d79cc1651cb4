"""Import a file: read, match, store, score, rank, in memory that does not grow with the file."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from sqlalchemy import select

from app.bootstrap import Workspace, read_clock
from app.jobs import build_listener, is_pending, score_pending, spare_collector, store_brought
from config.errors import Refused
from config.memory import peak_mb
from models import FileImport
from signals.collectors.contract import Cursor, Engagement, Page, Ref
from signals.files.formats import Bad, Decoder, Read
from signals.files.lines import Line, Source, Truncated
from signals.files.parquet import open_source
from signals.language import release_detector
from signals.listening import Counts, Listener
from signals.policy import terms_of
from signals.scoring.contract import Scorer

_SHOWN = 5  # malformed lines shown one by one; all of them stand in the quarantine file
_SHORT_DAYS = 30.0  # words that go this soon are worth a word to whoever imports them
_QUARANTINE_BYTES = 64 * 1024 * 1024


@dataclass(slots=True)
class ImportResult:
    """What became of a file.

    ``words_days``: networks of what was stored whose terms let words be kept only for so many days.
    ``networks``: those of pages on which anything matched.
    """

    read: int = 0
    matched: int = 0
    stored: int = 0
    duplicate: int = 0
    suppressed: int = 0
    malformed: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    scored: int = 0
    shift_seconds: int | None = None
    quarantine: str | None = None
    problems: list[Bad] = field(default_factory=list)
    truncated: str | None = None
    words_days: dict[str, float] = field(default_factory=dict)
    networks: set[str] = field(default_factory=set)

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return asdict(self) | {"networks": sorted(self.networks)}


@dataclass(frozen=True)
class ImportOrder:
    """What to import and how. ``archive_share``: of posts that match nothing, so many are kept.

    Files keep none of them by themselves: whoever imports one has chosen what is in it.
    """

    path: str
    network: str | None = None
    format: str = "auto"
    shift_dates: bool = False
    lawful_basis: str | None = None
    archive_share: float = 0.0


def run_import(
    workspace: Workspace,
    order: ImportOrder,
    *,
    scorer: Callable[[], Scorer],
    progress: Callable[[int, int | None], None] = lambda _done, _size: None,
    clock: Callable[[], datetime] = read_clock,
) -> ImportResult:
    """Import one file and score what it brought.

    What was stored stays stored whatever happens later, and the same file again stores nothing
    twice. Raises ``Refused`` for a file that cannot be read at all.
    """
    started, cpu_started, now = time.monotonic(), time.process_time(), clock()
    settings = workspace.settings.importing
    source = open_source(order.path, settings.line_bytes, order.format)
    result = ImportResult()
    try:
        shift = timedelta(0)
        if order.shift_dates:
            source.spool()
            result.shift_seconds = _find_shift(workspace, source, order, now)
            shift = timedelta(seconds=result.shift_seconds)
        listener = replace(build_listener(workspace), archive_share=order.archive_share)
        spare_collector()
        if not listener.matcher.knows_anything:
            raise Refused(
                "There is no topic to match against, so nothing of the file would be kept.",
                "Add one first: warmlist topic add NAME --keyword PHRASE",
            )
        import_id = _begin(workspace, source, order, result.shift_seconds, now)
        whole = False
        quarantine = Quarantine(workspace.home / "quarantine" / f"import-{import_id}.jsonl")
        try:
            _read_all(
                workspace, listener, source, order, shift, result, quarantine, clock, progress
            )
            whole = True
        finally:
            quarantine.close()
            result.quarantine = str(quarantine.path) if quarantine.written else None
            _end(workspace, import_id, source, result, whole=whole, now=clock())
        if is_pending(workspace):
            release_detector()
            result.scored = score_pending(workspace, scorer(), clock=clock)
    finally:
        source.close()
    result.seconds = round(time.monotonic() - started, 3)
    result.cpu_seconds = round(time.process_time() - cpu_started, 3)
    result.peak_mb = round(peak_mb(), 1)
    if result.read and result.malformed >= result.read and not result.truncated:
        raise Refused(
            "Nothing in %(name)s could be read as engagements (%(reason)s).",
            "Check --network and --format; docs/import.md describes the formats.",
            name=source.name,
            reason=result.problems[0].reason,
        )
    return result


class Quarantine:
    """Malformed lines with number and reason, one JSON object a line; opened when needed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        self._bytes = 0
        self._file: TextIO | None = None

    def add(self, bad: Bad) -> None:
        """Keep one, as long as there is room."""
        if self._bytes > _QUARANTINE_BYTES:
            return
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = self.path.open("w", encoding="utf-8")
        line = json.dumps(
            {"line": bad.number, "reason": bad.reason, "raw": bad.raw}, ensure_ascii=False
        )
        self._bytes += self._file.write(line + "\n")
        self.written += 1

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


def _read_all(
    workspace: Workspace,
    listener: Listener,
    source: Source,
    order: ImportOrder,
    shift: timedelta,
    result: ImportResult,
    quarantine: Quarantine,
    clock: Callable[[], datetime],
    progress: Callable[[int, int | None], None],
) -> None:
    rows = workspace.settings.importing.page_rows
    engagements: list[Engagement] = []
    deletions: list[Ref] = []
    for found in _decoded(workspace, source, order, shift, result, clock()):
        engagements.extend(found[0])
        deletions.extend(found[1])
        for bad in found[2]:
            result.malformed += 1
            result.read += 1
            quarantine.add(bad)
            if len(result.problems) < _SHOWN:
                result.problems.append(bad)
        if len(engagements) + len(deletions) >= rows:
            _store(workspace, listener, engagements, deletions, result, clock())
            engagements, deletions = [], []
            progress(source.read_bytes, source.size)
    _store(workspace, listener, engagements, deletions, result, clock())
    progress(source.read_bytes, source.size)


_Found = tuple[tuple[Engagement, ...], tuple[Ref, ...], tuple[Bad, ...]]


def _decoded(
    workspace: Workspace,
    source: Source,
    order: ImportOrder,
    shift: timedelta,
    result: ImportResult,
    now: datetime,
) -> Iterator[_Found]:
    decoder = Decoder(
        network=order.network,
        format=order.format,
        now=now,
        future=timedelta(hours=workspace.settings.importing.future_hours),
    )
    number = 0
    try:
        for line in source.lines():
            number = line.number
            read = _decode(decoder, line, source, shift)
            yield read.engagements, read.deletions, read.bad
    except Truncated:
        result.truncated = f"{source.name} ends in the middle, after line {number:,}"
    read = decoder.finish(number, shift=shift)
    yield read.engagements, read.deletions, read.bad


def _decode(decoder: Decoder, line: Line, source: Source, shift: timedelta) -> Read:
    try:
        return decoder.decode(line, shift=shift)
    except Refused as error:  # a decoder does not know what the file is called
        raise Refused(error.sentence, error.advice, within=source.name, **error.values) from error


def _store(
    workspace: Workspace,
    listener: Listener,
    engagements: list[Engagement],
    deletions: list[Ref],
    result: ImportResult,
    now: datetime,
) -> None:
    if not engagements and not deletions:
        return
    page = Page(tuple(engagements), Cursor(""), tuple(deletions))
    counts: Counts = store_brought(workspace, listener, page, now=now)
    result.read += counts.read + len(deletions)
    result.matched += counts.matched
    result.stored += counts.stored
    result.duplicate += counts.duplicate
    result.suppressed += counts.suppressed
    if counts.matched:
        result.networks |= {engagement.network for engagement in engagements}
    if counts.stored:
        for network in {engagement.network for engagement in engagements}:
            if (days := terms_of(network).longest_days) <= _SHORT_DAYS:
                result.words_days[network] = days


def _find_shift(workspace: Workspace, source: Source, order: ImportOrder, now: datetime) -> int:
    """Seconds that bring the file's newest date to now; the same as before for the same file."""
    newest: datetime | None = None
    throwaway = ImportResult()
    # A date that cannot be right does not move all the others: it is left out here, too.
    for engagements, _, _ in _decoded(workspace, source, order, timedelta(0), throwaway, now):
        for engagement in engagements:
            if newest is None or engagement.occurred_at > newest:
                newest = engagement.occurred_at
    with workspace.db.read() as session:
        known = session.scalar(
            select(FileImport.shift_seconds)
            .where(
                FileImport.content_hash == source.digest.hexdigest(),
                FileImport.shift_seconds.is_not(None),
            )
            .order_by(FileImport.id)
            .limit(1)
        )
    if known is not None:
        return known
    if newest is None:
        return 0
    return int((now - newest).total_seconds())


def _begin(
    workspace: Workspace, source: Source, order: ImportOrder, shift: int | None, now: datetime
) -> int:
    stated = (order.lawful_basis or "").strip() or workspace.settings.privacy.lawful_basis.strip()
    with workspace.db.write() as session:
        row = FileImport(
            # a file's name may be any bytes; a database takes text only
            name=os.fsencode(source.name).decode("utf-8", "replace")[-200:],
            # known already where the dates were looked at first; else when the file is read
            content_hash=source.digest.hexdigest() if shift is not None else None,
            shift_seconds=shift,
            lawful_basis=stated[:200] or None,
            started_at=now,
        )
        session.add(row)
        session.flush()
        return row.id


def _end(
    workspace: Workspace,
    import_id: int,
    source: Source,
    result: ImportResult,
    *,
    whole: bool,
    now: datetime,
) -> None:
    with workspace.db.write() as session:
        row = session.get_one(FileImport, import_id)
        row.ended_at = now
        if whole:  # what was read until an interruption is not the file that will come again
            row.content_hash = source.digest.hexdigest()
        row.read, row.matched, row.stored = result.read, result.matched, result.stored
        row.duplicate, row.suppressed = result.duplicate, result.suppressed
        row.malformed = result.malformed
        row.networks = sorted(result.networks)
