"""Every network whose recorded answers can be checked: one explicit line each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Final

from signals.collectors.bluesky.recorded import read_bluesky
from signals.collectors.discourse.recorded import read_discourse
from signals.collectors.hackernews.recorded import read_hackernews
from signals.collectors.lemmy.recorded import read_lemmy
from signals.collectors.mastodon.recorded import read_mastodon
from signals.collectors.recorded import Reader, Reading, Recorded, unfold
from signals.collectors.reddit.recorded import read_reddit
from signals.collectors.rss.recorded import read_rss
from signals.collectors.shapes import count_engagements, count_entries
from signals.collectors.stackexchange.recorded import read_stackexchange
from signals.collectors.x.recorded import read_x
from signals.collectors.youtube.recorded import read_youtube
from signals.inbound.recorded import read_linkedin, read_meta

READERS: Final[Mapping[str, Reader]] = {
    "bluesky": read_bluesky,
    "discourse": read_discourse,
    "facebook": read_meta,
    "hackernews": read_hackernews,
    "instagram": read_meta,
    "lemmy": read_lemmy,
    "linkedin": read_linkedin,
    "mastodon": read_mastodon,
    "meta": read_meta,
    "reddit": read_reddit,
    "rss": read_rss,
    "stackexchange": read_stackexchange,
    "x": read_x,
    "youtube": read_youtube,
}


@dataclass(slots=True)
class Check:
    """What the mappers made of a folder of payloads; ``items`` is the sum of the other counts."""

    files: int = 0
    items: int = 0
    mapped: int = 0
    refused: dict[str, int] = field(default_factory=dict)
    unmapped: list[dict[str, str]] = field(default_factory=list)
    exceptions: list[dict[str, str]] = field(default_factory=list)


def check_payloads(
    files: Iterable[tuple[str, bytes | OSError]], readers: Mapping[str, Reader] = READERS
) -> Check:
    """Run every mapper over every payload of its network.

    ``files`` are paths whose first folder is the network, with their bytes or why there are
    none. ``unmapped`` holds what no mapper knows and what the count by shape found beyond what was
    mapped or refused.
    """
    check = Check()
    for path, raw in files:
        network, _, rest = path.partition("/")
        check.files += 1
        reader = readers.get(network)
        if reader is None or not rest:
            check.items += 1
            known = ", ".join(readers)
            why = f"its first folder names no network that has a mapper ({known})"
            check.unmapped.append({"file": path, "why": why})
            continue
        if isinstance(raw, OSError):
            check.items += 1
            why = f"it cannot be read: {raw.strerror or type(raw).__name__}"
            check.unmapped.append({"file": path, "why": why})
            continue
        for recorded in unfold(network, rest, raw):
            if recorded.unreadable:
                reading = Reading()
                reading.refuse(f"malformed: {recorded.unreadable}")
                _add(check, path, reading)
                continue
            try:
                reading = _read(reader, recorded)
            except Exception as error:  # noqa: BLE001 - whatever a mapper raises is the finding
                fault = f"{type(error).__name__}: {error}"
                check.items += 1
                check.exceptions.append({"file": path, "why": fault})
            else:
                _add(check, path, reading)
    check.refused = dict(sorted(check.refused.items(), key=lambda pair: (-pair[1], pair[0])))
    return check


def _read(reader: Reader, recorded: Recorded) -> Reading:
    """What a reader found, held to the count by shape."""
    reading = reader(recorded)
    body = recorded.body
    if isinstance(body, bytes):
        shaped = count_entries(body) if recorded.network == "rss" else 0
    else:
        shaped = count_engagements(body, recorded.path)
    if shaped > reading.engagements:
        reading.missed.append(
            f"{shaped} posts, comments, likes or reposts by shape, {reading.engagements} read"
        )
    if reading.items == 0 and not _is_empty(body):
        reading.refuse_other(_what_else(recorded))
    return reading


def _is_empty(body: object) -> bool:
    """Whether nothing stands in it: no text, or a page without items."""
    if isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        return not body or (bool(lists) and not any(lists))
    return body is None or body in ([], b"", "")


def _what_else(recorded: Recorded) -> str:
    if recorded.status is not None and recorded.status >= 400:
        return "an error answer"
    if recorded.status is not None and 300 <= recorded.status < 400:
        return "a redirect"
    if isinstance(recorded.body, bytes):
        return "not JSON"
    if recorded.method not in {None, "GET"}:
        return "an acknowledgement"
    return "profiles, settings, counts"


def _add(check: Check, path: str, reading: Reading) -> None:
    check.items += reading.items
    check.mapped += len(reading.mapped)
    for reason, count in reading.refused.items():
        check.refused[reason] = check.refused.get(reason, 0) + count
    check.unmapped.extend({"file": path, "why": why} for why in reading.missed)


def is_payload(path: PurePath) -> bool:
    """Whether a file is a payload: lists of contents, licences and hidden files are not."""
    name = path.name.lower()
    hidden = any(part.startswith(".") for part in path.parts)
    return not hidden and not name.startswith(("manifest", "readme", "licen"))
