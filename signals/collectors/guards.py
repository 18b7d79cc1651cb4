"""Bounds of a loop over pages and of a day's spending; for every collector. Pure but for counting.

Source: NETWORKS section 1.10. Some servers repeat a page's token for ever (seen with X's own mock).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Final

from signals.collectors.contract import Budget, Cost, OverBudget

#: Pages without anything new after which a server is taken to go round in circles.
MAX_STALLS: Final = 5
#: Pages that one sweep may read in one run.
MAX_PAGES: Final = 200


class Stop(enum.StrEnum):
    """Why a loop over pages ends. The first two are bounds of ours, the others a server's fault."""

    PAGES = "as many pages as one run may read"
    SECONDS = "as long as one run may take"
    REPEATED = "the network gave the same place to go on twice"
    NO_PROGRESS = "the network gave page after page without anything on it"

    @property
    def is_fault(self) -> bool:
        """Whether what lies beyond cannot be reached by going on: record a gap."""
        return self in {Stop.REPEATED, Stop.NO_PROGRESS}


class Guards:
    """Watches one loop over pages; make a new one for every sweep.

    Call ``turn`` after every page and go on only while it returns ``None``::

        guards = Guards(clock=settings.clock, max_seconds=settings.max_seconds)
        while True:
            answer = client.get_json("/items", {"page": token})
            ...
            yield page
            if token is None or (stop := guards.turn(token, items=len(items))):
                break
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        max_seconds: float,
        max_pages: int = MAX_PAGES,
        max_stalls: int = MAX_STALLS,
    ) -> None:
        self._clock = clock
        self._ends_at = clock() + max_seconds
        self._left = max_pages
        self._max_stalls = max_stalls
        self._stalls = 0
        self._tokens: set[str] = set()

    def turn(self, token: str | None, *, items: int) -> Stop | None:
        """A page with ``items`` things on it was read; ``token`` is where the next one begins.

        ``None`` where the network has no tokens. An empty page is no fault by itself: some
        networks leave out what was deleted and still go on.
        """
        if token is not None:
            if token in self._tokens:
                return Stop.REPEATED
            self._tokens.add(token)
        self._stalls = 0 if items else self._stalls + 1
        if self._stalls >= self._max_stalls:
            return Stop.NO_PROGRESS
        self._left -= 1
        if self._left <= 0:
            return Stop.PAGES
        return Stop.SECONDS if self._clock() >= self._ends_at else None

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return self._clock() >= self._ends_at


class Purse:
    """What a run has left of the day's budget; ask before every request that costs.

    ``purse.ask(Cost(requests=1, resources=100, money=0.5))`` raises ``OverBudget`` when the most
    this request can cost is more than is left; ``purse.pay(cost)`` books what it did cost.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.spent = Cost()

    @property
    def left_money(self) -> float | None:
        """US dollars left; ``None`` where no limit is set."""
        limit = self._budget.money
        return None if limit is None else max(0.0, limit - self.spent.money)

    def ask(self, most: Cost) -> None:
        """Raise ``OverBudget`` unless a request that costs this much is within the budget."""
        for name, unit in (("money", "US dollars"), ("requests", "requests"),
                           ("resources", "items")):  # fmt: skip
            limit = getattr(self._budget, name)
            if limit is None:
                continue
            left = limit - getattr(self.spent, name)
            if getattr(most, name) > left + 1e-9:
                shown = f"{max(0.0, left):.3f}" if name == "money" else str(max(0, left))
                raise OverBudget(None, f"today's budget has {shown} {unit} left, too little")

    def pay(self, cost: Cost) -> None:
        """Book what a request did cost."""
        self.spent += cost
        if self._budget.meter is not None:
            self._budget.meter.spent += cost

    def affords(self, most: Cost) -> bool:
        """Whether a request that costs this much is within the budget."""
        try:
            self.ask(most)
        except OverBudget:
            return False
        return True
