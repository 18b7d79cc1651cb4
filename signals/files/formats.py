"""Lines to engagements: Warmlist's own JSONL, CSV, and what networks' own exports look like.

Told apart by content, line by line, so that a file may hold several kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from config.errors import Refused
from signals.collectors import reddit, x
from signals.collectors.bluesky import decode_event
from signals.collectors.bluesky import to_engagement as from_event
from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed, Ref
from signals.files.lines import Line
from signals.files.tables import read_header, read_instant, read_row, to_engagement

NETWORKS: Final = ("reddit", "x", "bluesky", "file")
FORMATS: Final = ("auto", "jsonl", "csv", "parquet")
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)  # before any network's first post
_RAW_KEPT: Final = 4000  # characters of a malformed line kept for inspection


class _OwnAuthor(msgspec.Struct, gc=False):
    external_id: str
    handle: str | None = None
    display_name: str | None = None
    url: str | None = None
    description: str | None = None


class _Own(msgspec.Struct, gc=False):
    """Warmlist's own format, one object a line; documented in docs/import.md."""

    external_id: str
    kind: Kind
    author: _OwnAuthor
    occurred_at: str | float | None = None
    network: str = "file"
    text: str | None = None
    url: str | None = None
    target_external_id: str | None = None
    parent_external_id: str | None = None
    community: str | None = None
    language: str | None = None
    edited_at: str | float | None = None
    record_ref: str | None = None
    metrics: dict[str, int | None] = msgspec.field(default_factory=dict)
    flags: list[Flag] = msgspec.field(default_factory=list)
    minutes_ago: float | None = None


_OWN: Final = msgspec.json.Decoder(_Own)
_ANY: Final = msgspec.json.Decoder()


@dataclass(frozen=True, slots=True)
class Bad:
    """A line, or a part of one, that could not be used."""

    number: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Read:
    """What one line gave."""

    engagements: tuple[Engagement, ...] = ()
    deletions: tuple[Ref, ...] = ()
    bad: tuple[Bad, ...] = ()


_NOTHING: Final = Read()
_LONGEST_ROW: Final = 1 << 17  # characters; an unclosed quote must not swallow the file
_LONGEST_DOCUMENT: Final = 1 << 26
_TOO_DEEP: Final = "nested too deeply"


class _Children(msgspec.Struct, gc=False):
    children: list[msgspec.Raw]


class _Listing(msgspec.Struct, gc=False):
    data: _Children


class _Kind(msgspec.Struct, gc=False):
    kind: str | None = None


_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_LISTING: Final = msgspec.json.Decoder(_Listing)
_KIND: Final = msgspec.json.Decoder(_Kind)


class Decoder:
    """Decodes lines one after the other; remembers a CSV header.

    ``network`` forces how JSON is understood, ``file`` names engagements that do not name theirs.
    ``now`` bounds the dates: further ahead than ``future`` is refused.
    """

    def __init__(
        self,
        *,
        network: str | None,
        format: str,  # noqa: A002 - the word users know from --format
        now: datetime,
        future: timedelta,
    ) -> None:
        if network is not None and network not in NETWORKS:
            raise Refused(
                "Network %(network)s is not known.",
                "Use %(NETWORKS)s.",
                network=repr(network),
                NETWORKS=", ".join(NETWORKS),
            )
        if format not in FORMATS:
            raise Refused(
                "Format %(format)s is not known.",
                "Use %(FORMATS)s.",
                format=repr(format),
                FORMATS=", ".join(FORMATS),
            )
        self._network = network
        # A table's rows come as JSON objects or as a CSV with its header: told apart by the first.
        self._format = "auto" if format == "parquet" else format
        self._latest = now + future
        self._now = now
        self._header: list[str] | None = None
        self._partial = ""
        self._started = False

    def decode(self, line: Line, *, shift: timedelta = timedelta(0)) -> Read:
        """The engagements of a line, moved by ``shift``; never raises for what a line holds.

        A row or document that goes on over several lines is given with its last one.
        """
        if line.data is None:
            return _bad(line, "the line is longer than allowed", b"")
        data = line.data
        try:
            text = data.decode("utf-8-sig" if line.number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            return _bad(line, f"not UTF-8 (byte {error.start + 1} of the line)", data)
        if "\x00" in text:
            return _bad(line, "a NUL byte", data)
        if not text.strip() and not self._partial:
            return _NOTHING
        if self._format == "auto":
            self._format = "jsonl" if text.lstrip()[:1] in {"{", "["} else "csv"
        if self._format == "csv":
            self._partial += text
            if self._partial.count('"') % 2 and len(self._partial) < _LONGEST_ROW:
                return _NOTHING  # a quoted field goes on in the next line
            text, self._partial = self._partial, ""
            return self._finish(line, text, self._decode_csv, shift)
        if self._partial or (not self._started and _opens_document(text)):
            if len(self._partial) + len(text) > _LONGEST_DOCUMENT:
                self._partial = ""
                return _bad(line, "a JSON document over many lines may have 64 MB", data)
            self._partial += text
            return _NOTHING
        self._started = True
        return self._finish(line, text, self._decode_text, shift)

    def finish(self, last_line: int, *, shift: timedelta = timedelta(0)) -> Read:
        """What was still open when the file ended."""
        text, self._partial = self._partial, ""
        if not text:
            return _NOTHING
        line = Line(last_line, text.encode())
        if self._format == "csv":
            return _bad(line, "a quoted field is not closed", line.data or b"")
        return self._finish(line, text, self._decode_text, shift)

    def _decode_text(self, text: str) -> _Found:
        return self._decode_json(text.strip().encode())

    def _finish(
        self, line: Line, text: str, decode: Callable[[str], _Found], shift: timedelta
    ) -> Read:
        try:
            found, deletions, bad = decode(text)
        except Malformed as error:
            return _bad(line, error.reason, line.data or b"")
        except msgspec.MsgspecError as error:
            return _bad(line, _plain(str(error)), line.data or b"")
        except RecursionError:
            return _bad(line, _TOO_DEEP, line.data or b"")
        kept: list[Engagement] = []
        problems = [Bad(line.number, one.reason, one.payload[:_RAW_KEPT]) for one in bad]
        for engagement in found:
            moved = _moved(engagement, shift)
            if moved is None or not _EARLIEST <= moved.occurred_at <= self._latest:
                when = f"{(moved or engagement).occurred_at:%Y-%m-%d}"
                problems.append(
                    Bad(line.number, f"the date {when} cannot be right", _raw(line.data or b""))
                )
                continue
            edited_at = moved.edited_at  # not worth a refusal; a database may not hold it
            if edited_at is not None and not _EARLIEST <= edited_at <= self._latest:
                moved = replace(moved, edited_at=None)
            kept.append(moved)
        return Read(tuple(kept), tuple(deletions), tuple(problems))

    def _decode_json(self, data: bytes) -> _Found:
        if data.startswith(b"["):
            return self._decode_all(_LIST.decode(data))
        network = self._network or _guess(data)
        if network == "reddit":
            # A comment's replies are a listing too: the object's own kind decides.
            if b'"Listing"' in data and _KIND.decode(data).kind == "Listing":
                return self._decode_all(_LISTING.decode(data).data.children)
            one = reddit.decode_reddit(data)
            return ((one,), (), ()) if isinstance(one, Engagement) else ((), (one,), ())
        if network == "x":
            page = _ANY.decode(data)
            if not isinstance(page, dict) or ("data" not in page and "id" not in page):
                raise Malformed("not a page or post of the X API v2")
            found, bad = x.to_engagements(page if "data" in page else {"data": [page]})
            return found, (), bad
        if network == "bluesky":
            one_event = from_event(decode_event(data), _EVERYTHING)
            if one_event is None:
                return (), (), ()
            if isinstance(one_event, Engagement):
                return (one_event,), (), ()
            return (), (one_event,), ()
        return (self._from_own(_OWN.decode(data)),), (), ()

    def _decode_all(self, items: Sequence[msgspec.Raw]) -> _Found:
        """Several objects of one document; a bad one does not spoil the others."""
        engagements: list[Engagement] = []
        deletions: list[Ref] = []
        bad: list[Malformed] = []
        for item in items:
            data = bytes(item)
            try:
                found = self._decode_json(data)
            except Malformed as error:
                bad.append(error)
            except msgspec.MsgspecError as error:
                bad.append(Malformed(_plain(str(error)), _raw(data)))
            except RecursionError:
                bad.append(Malformed(_TOO_DEEP, _raw(data)))
            else:
                engagements.extend(found[0])
                deletions.extend(found[1])
                bad.extend(found[2])
        return engagements, deletions, bad

    def _from_own(self, row: _Own) -> Engagement:
        if row.occurred_at is None and row.minutes_ago is None:
            raise Malformed("occurred_at is missing")
        occurred_at = (
            read_instant(row.occurred_at)
            if row.occurred_at is not None
            else self._ago(row.minutes_ago or 0)
        )
        if not row.external_id or not row.author.external_id:
            raise Malformed("external_id is empty")
        return Engagement(
            network=row.network,
            external_id=row.external_id,
            kind=row.kind,
            author=Author(
                row.author.external_id,
                row.author.handle,
                row.author.display_name,
                row.author.url,
                row.author.description,
            ),
            text=row.text,
            url=row.url,
            occurred_at=occurred_at,
            target_external_id=row.target_external_id,
            parent_external_id=row.parent_external_id,
            community=row.community,
            language=row.language,
            edited_at=None if row.edited_at is None else read_instant(row.edited_at),
            record_ref=row.record_ref,
            metrics=row.metrics,
            flags=frozenset(row.flags),
        )

    def _ago(self, minutes: float) -> datetime:
        try:
            return self._now - timedelta(minutes=minutes)
        except OverflowError as error:
            raise Malformed(f"{minutes} minutes ago is no date") from error

    def _decode_csv(self, text: str) -> _Found:
        fields = read_row(text)
        if self._header is None:
            self._header = read_header(fields)
            return (), (), ()
        return (to_engagement(self._header, fields, self._network or "file"),), (), ()


_Found = tuple[Sequence[Engagement], Sequence[Ref], Sequence[Malformed]]


class _Everything:
    def __contains__(self, external_id: object, /) -> bool:
        return True


_EVERYTHING: Final = _Everything()


def _opens_document(text: str) -> bool:
    """Whether the first line is only the beginning of a document, as pretty-printers write it."""
    stripped = text.strip()
    # Printers break after these; a line that stops elsewhere was cut off and stands alone.
    if stripped[:1] not in {"{", "["} or stripped[-1] not in "{[,:":
        return False
    try:
        _ANY.decode(stripped)
    except msgspec.DecodeError as error:
        return "truncated" in str(error)
    except RecursionError:
        return False
    return False


def _guess(data: bytes) -> str:
    if b'"subreddit"' in data and b'"created_utc"' in data:
        return "reddit"
    if b'"time_us"' in data and b'"did"' in data:
        return "bluesky"
    if b'"external_id"' not in data and (b'"author_id"' in data or b'"edit_history_tweet' in data):
        return "x"
    if b'"external_id"' not in data and data.startswith((b'{"data":', b'{"meta":', b'{"errors":')):
        return "x"
    return "file"


def _moved(engagement: Engagement, shift: timedelta) -> Engagement | None:
    """Moved in time; ``None`` where no date is left."""
    if not shift:
        return engagement
    edited_at = engagement.edited_at
    try:
        return replace(
            engagement,
            occurred_at=engagement.occurred_at + shift,
            edited_at=None if edited_at is None else edited_at + shift,
        )
    except OverflowError:
        return None


def _plain(message: str) -> str:
    return message.replace("Object missing required field", "missing field").replace(" - at", " at")


def _raw(data: bytes) -> str:
    return data[:_RAW_KEPT].decode("utf-8", "backslashreplace").rstrip("\r\n")


def _bad(line: Line, reason: str, data: bytes) -> Read:
    return Read(bad=(Bad(line.number, reason, _raw(data)),))
