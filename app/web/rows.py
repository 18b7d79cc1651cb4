"""The folded rows of Today: each is drawn once for what it shows, and then again when that changes.

After a mark one row of fifty changes; the other forty-nine are what they were. A row is kept under
everything that is drawn of it, so what is read from the database decides and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.web.charts import Tick, draw_warmth
from app.web.day import Day
from app.web.kept import KeptWhile
from app.web.pages import draw_part
from app.wording import Wording
from quotas.lists import ListedItem
from signals.quoting import Passage

# No row outlives a quarter of an hour: words of somebody erased are not held on to.
_LASTS: Final = 15 * 60


@dataclass(frozen=True, slots=True)
class Row:
    """All that a row shows.

    ``of`` names whose list it is for somebody who only looks; ``opens`` says that it unfolds.
    """

    assignment_id: int
    person_id: int
    handle: str
    source: str
    kind: str
    own: str
    passage: Passage
    language: str | None
    url: str | None
    topic: str
    network: str
    warmth: float
    line: Tick
    occurred_at: datetime | None
    ago: str
    zone: ZoneInfo
    of: str
    opens: bool


class Drawn:
    """A drawn piece of a page, which a template takes as it is."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __html__(self) -> str:
        """The piece."""
        return self._text


def row_drawer(
    wording: Wording, day: Day, kept: KeptWhile[str], *, of: str
) -> Callable[[ListedItem], Drawn]:
    """Draws rows of this day for this reader."""
    warmest, rtl, now, zone = day.warmest, wording.is_rtl, day.now, day.zone
    opens, lasting = not day.is_past, int(now.timestamp() // _LASTS)

    def draw(item: ListedItem) -> Drawn:
        at = item.occurred_at
        row = Row(
            item.assignment_id, item.person_id, item.handle, item.source, item.kind, item.own,
            item.passage, item.language, item.url, item.topic, item.network, item.warmth,
            draw_warmth(item.warmth, warmest, rtl=rtl), at,
            wording.ago(at, now, zone) if at is not None else "", zone, of, opens,
        )  # fmt: skip
        key = (wording, row)
        text = kept.find(lasting, key)
        if text is None:
            text = draw_part(wording, "_row.html", row=row)
            kept.keep(lasting, key, text, len(text))
        return Drawn(text)

    return draw
