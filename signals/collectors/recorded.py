"""Recorded answers of networks, in whatever envelope they were kept, and what was read from them.

Known envelopes: a bare body, ``{"request": …, "response": …}``, cassettes (``http_interactions``,
``interactions``; also as YAML), HTTP archives (``log.entries``), lists of these, JSON lines, any of
them gzipped.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from signals.collectors.authors import Profile
from signals.collectors.cassettes import UnreadableCassetteError, is_cassette, read_cassette
from signals.collectors.contract import Engagement, Malformed, Ref

#: What a refused item's reason begins with when nobody did anything there.
NOT_AN_ENGAGEMENT: Final = "not an engagement"
#: A gzipped payload larger than this is not unpacked, in bytes.
LARGEST_PAYLOAD: Final = 256 * 1024 * 1024

_GZIP: Final = b"\x1f\x8b"
_BROKEN_JSON: Final = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class Recorded:
    """One answer of a network.

    ``body`` is decoded JSON, or the bytes of anything else. ``url`` and ``method`` are those of the
    request where they were kept; ``file`` is the path below the network's folder.
    """

    network: str
    file: str
    body: Any
    url: str | None = None
    method: str | None = None
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    unreadable: str = ""  # why the whole file could not be taken apart

    @property
    def path(self) -> str:
        """The path of the request, or of the file where the request was not kept."""
        return urlsplit(self.url).path if self.url else self.file

    @property
    def received_at(self) -> float | None:
        """When it was received by its ``Date`` header, in seconds since 1970."""
        try:
            return parsedate_to_datetime(self.headers["date"]).timestamp()
        except (KeyError, ValueError, TypeError, OverflowError):
            return None


@dataclass(slots=True)
class Reading:
    """What was read from one answer: every item is mapped, refused or missed."""

    mapped: list[Engagement | Ref | Profile] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)

    @property
    def items(self) -> int:
        """How many items were found."""
        return len(self.mapped) + self.refused.total() + len(self.missed)

    @property
    def engagements(self) -> int:
        """How many items somebody did: all but profiles and what is no engagement."""
        nothing = sum(n for why, n in self.refused.items() if why.startswith(NOT_AN_ENGAGEMENT))
        return self.items - nothing - sum(isinstance(one, Profile) for one in self.mapped)

    def take(self, outcome: Engagement | Ref | Profile | Malformed) -> None:
        """Count one item as what its mapper made of it."""
        if isinstance(outcome, Malformed):
            self.refuse(f"malformed: {outcome.reason}")
        elif isinstance(outcome, Ref):
            self.refuse("deleted or removed")
        else:
            self.mapped.append(outcome)

    def take_all(self, *outcomes: Iterable[Engagement | Ref | Profile | Malformed]) -> None:
        """Count every item of these."""
        for several in outcomes:
            for outcome in several:
                self.take(outcome)

    def refuse(self, reason: str, count: int = 1) -> None:
        """Count items that are rightly left out."""
        self.refused[reason] += count

    def refuse_other(self, what: str, count: int = 1) -> None:
        """Count items that nobody did: profiles, settings, acknowledgements."""
        self.refuse(f"{NOT_AN_ENGAGEMENT}: {what}", count)


#: Reads one answer of one network; adding a network to the check is one line in ``payloads.py``.
Reader = Callable[[Recorded], Reading]


def unfold(network: str, file: str, raw: bytes) -> Iterator[Recorded]:
    """The answers kept in one file. Never raises for odd content."""
    raw = _unpack(raw)
    try:
        document = read_cassette(raw) if is_cassette(file) else json.loads(raw)
    except UnreadableCassetteError as error:
        yield Recorded(network, file, raw, unreadable=str(error))
        return
    except _BROKEN_JSON:
        yield from _unfold_lines(network, file, raw)
        return
    yield from _unfold_document(network, file, document)


def _unpack(raw: bytes) -> bytes:
    if not raw.startswith(_GZIP):
        return raw
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            return packed.read(LARGEST_PAYLOAD)
    except (OSError, EOFError, zlib.error):
        return raw


def _unfold_lines(network: str, file: str, raw: bytes) -> Iterator[Recorded]:
    """JSON lines; a line that is no JSON stays bytes. Without any JSON the file is one body."""
    lines = [line.strip() for line in raw.splitlines() if line.strip()]
    decoded = [_decode(line) for line in lines]
    if all(isinstance(body, bytes) for body in decoded):
        yield Recorded(network, file, raw)
        return
    for body in decoded:
        yield from _unfold_document(network, file, body)


def _unfold_document(network: str, file: str, document: Any) -> Iterator[Recorded]:
    exchanges = _exchanges(document)
    if exchanges is None:
        yield Recorded(network, file, document, status=_status_of_name(file))
        return
    for exchange in exchanges:
        yield _recorded(network, file, exchange)


def _exchanges(document: Any) -> list[Any] | None:
    """The request-and-response pairs of an envelope, or ``None`` for a bare body."""
    if isinstance(document, list):
        return document if document and all(_is_exchange(entry) for entry in document) else None
    if not isinstance(document, dict):
        return None
    if _is_exchange(document):
        return [document]
    log = document.get("log")
    for entries in (
        document.get("http_interactions"),
        document.get("interactions"),
        log.get("entries") if isinstance(log, dict) else None,
    ):
        if isinstance(entries, list) and entries and all(_is_exchange(entry) for entry in entries):
            return entries
    if "body" in document and "status" in document and not {"id", "name"} & document.keys():
        return [{"response": document}]
    return None


def _is_exchange(entry: Any) -> bool:
    if not isinstance(entry, dict) or "response" not in entry:
        return False
    return "request" in entry or isinstance(entry["response"], dict)


def _recorded(network: str, file: str, exchange: Mapping[str, Any]) -> Recorded:
    request = exchange.get("request")
    request = request if isinstance(request, dict) else {}
    response = exchange["response"]
    is_answer = isinstance(response, dict) and bool({"body", "content", "text"} & response.keys())
    answer = response if is_answer else {"body": response}
    body = next((answer[key] for key in ("body", "content", "text") if key in answer), None)
    status = answer.get("status", answer.get("status_code"))
    if isinstance(status, dict):
        status = status.get("code")
    url = request.get("url", request.get("uri"))
    method = request.get("method")
    return Recorded(
        network,
        file,
        _body(body),
        url=url if isinstance(url, str) else None,
        method=method.upper() if isinstance(method, str) else None,
        status=status if isinstance(status, int) else _status_of_name(file),
        headers=_headers(answer.get("headers")),
    )


def _headers(headers: Any) -> dict[str, str]:
    """By lower-case name, the first value of each; archives list them as name and value."""
    if isinstance(headers, list):
        headers = {
            str(header.get("name")): header.get("value")
            for header in headers
            if isinstance(header, dict)
        }
    if not isinstance(headers, dict):
        return {}
    found = {}
    for name, value in headers.items():
        first = value[0] if isinstance(value, list) and value else value
        found[str(name).lower()] = str(first)
    return found


def _body(body: Any) -> Any:
    """The body as JSON where it is JSON; cassettes keep it as a string inside an object."""
    if isinstance(body, dict):
        if body.keys() <= {"string", "encoding"} and "string" in body:
            body = body["string"]
        elif body.keys() <= {"base64_string", "encoding", "string"} and "base64_string" in body:
            body = _unbase64(body["base64_string"])
        elif "text" in body and "mimeType" in body:
            is_packed = body.get("encoding") == "base64"
            body = _unbase64(body["text"]) if is_packed else body["text"]
    if isinstance(body, str):
        body = body.encode("utf-8", "replace")
    if not isinstance(body, bytes):
        return body
    body = _unpack(body)
    decoded = _decode(body)
    if not isinstance(decoded, bytes):
        return decoded
    lines = [_decode(line) for line in body.splitlines() if line.strip()]
    return lines if any(not isinstance(line, bytes) for line in lines) else body


def _unbase64(text: Any) -> bytes:
    try:
        return base64.b64decode(str(text))
    except (binascii.Error, ValueError):
        return str(text).encode("utf-8", "replace")


def _decode(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except _BROKEN_JSON:
        return raw


def _status_of_name(file: str) -> int | None:
    """Some recorders put the status first: ``404__no_such_post.json``."""
    first = PurePosixPath(file).name.partition("_")[0]
    return int(first) if len(first) == 3 and first.isdigit() else None
