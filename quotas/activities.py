"""What a touch counts for besides an engaged contact. Pure."""

from __future__ import annotations

from typing import Final

_OF_CHANNEL: Final = {
    "call": "outbound_call", "email": "email", "message": "message", "meeting": "meeting",
}  # fmt: skip


def activities_of(channel: str, disposition: str, activity: str | None) -> frozenset[str]:
    """The activities one touch counts for, engaged contacts aside.

    The channel says what was done, a proposal is one however it was made, and a custom activity is
    what the rep called it. A meeting agreed on the telephone is a call; the meeting counts when it
    is held.
    """
    found = {_OF_CHANNEL[channel]}
    if disposition == "proposal":
        found.add("proposal")
    if activity:
        found.add(activity)
    return frozenset(found)


def scorecard(parts: list[tuple[float, int, int]]) -> float | None:
    """Weighted attainment over several quotas, 1 is all met; ``None`` if nothing is owed.

    ``parts`` are (weight, counted, target). One quota counts up to 150 %: plenty of what is easy
    does not make up for what is left undone.
    """
    owed = [(weight, counted / target) for weight, counted, target in parts if target > 0]
    whole = sum(weight for weight, _ in owed)
    if whole <= 0:
        return None
    # each weight as its part of the whole first: a product of tiny ones would be nothing
    return sum(weight / whole * min(_MOST, share) for weight, share in owed)


_MOST = 1.5
