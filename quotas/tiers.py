"""What attainment earns: tiers and contests, in whole hundredths. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from config.errors import Refused

#: The multiplier of the tier reached holds for every contact above the target.
WHOLE: Final = "whole"
#: Each contact above the target earns by the tier it lies in.
MARGINAL: Final = "marginal"
MODES: Final = (WHOLE, MARGINAL)
_MOST = 10**9  # hundredths: ten million a contact is a slip


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``percent`` of the target on a contact earns ``multiple`` hundredths of the rate."""

    percent: int
    multiple: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """What one contact above the target is worth, in hundredths of the unit, and the tiers."""

    rate: int
    tiers: tuple[Tier, ...]
    mode: str = WHOLE


def read_tiers(texts: Sequence[str]) -> tuple[Tier, ...]:
    """Tiers from words such as ``100=1.0`` and ``120=1.5``, lowest first."""
    tiers = []
    for text in texts:
        percent, _, multiple = text.partition("=")
        try:
            tier = Tier(int(percent), hundredths(multiple))
        except ValueError as error:
            raise Refused(
                "%(text)s is not a tier.", "Write it as 120=1.5.", 2, text=repr(text)
            ) from error
        if not 100 <= tier.percent <= 1000 or not 0 <= tier.multiple <= 100_00:
            raise Refused(
                "Tier %(text)s is out of range.",
                "Use 100 to 1000 percent and 0 to 100 times.",
                2,
                text=repr(text),
            )
        tiers.append(tier)
    tiers.sort(key=lambda tier: tier.percent)
    if len({tier.percent for tier in tiers}) < len(tiers):
        raise Refused("Two tiers start at the same attainment.", "Give each percent once.", 2)
    return tuple(tiers)


def hundredths(text: str) -> int:
    """A decimal number with at most two places as whole hundredths; raises ``ValueError``."""
    text = text.strip()
    sign = -1 if text.startswith("-") else 1
    whole, _, part = text.removeprefix("-").partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 12) or len(part) > 2:
        raise ValueError(text)
    if part and not (part.isascii() and part.isdigit()):
        raise ValueError(text)
    return sign * (int(whole) * 100 + int(part.ljust(2, "0") or 0))


def show_hundredths(amount: int) -> str:
    """Whole hundredths as a decimal number: -1234 is -12.34."""
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def check_scheme(scheme: Scheme) -> None:
    """Refuse a scheme that nobody can have meant."""
    if scheme.mode not in MODES:
        raise Refused(
            "Mode %(mode)s is not known.",
            "Use %(known)s.",
            2,
            mode=repr(scheme.mode),
            known=" or ".join(MODES),
        )
    if not 0 <= scheme.rate <= _MOST:
        raise Refused("The rate for a contact is out of range.", "Use 0 to 10,000,000.", 2)
    if not scheme.tiers:
        raise Refused("A scheme without tiers pays nothing.", "Give at least one, as 100=1.0.", 2)
    if any(
        later.multiple < earlier.multiple
        for earlier, later in zip(scheme.tiers, scheme.tiers[1:], strict=False)
    ):
        raise Refused(
            "A higher tier pays less than a lower one.", "More contacts must never earn less.", 2
        )


def reward(scheme: Scheme, counted: int, target: int) -> int:
    """What ``counted`` contacts of ``target`` earn, in hundredths; never less for one more.

    Only contacts above the target earn. The amount is rounded once, half to even. Without a target
    nothing was owed and nothing is earned.
    """
    above = counted - target
    if target <= 0 or above <= 0:
        return 0
    if scheme.mode == WHOLE:
        multiple = _multiple_at(scheme.tiers, Fraction(100 * counted, target))
        return round(Fraction(scheme.rate * above * multiple, 100))
    earned = 0
    bounds = [Fraction(tier.percent * target, 100) for tier in scheme.tiers]
    for index, tier in enumerate(scheme.tiers):
        # contacts numbered above this bound, up to the next, lie in the tier
        first = max(target, bounds[index].__floor__())
        last = bounds[index + 1].__floor__() if index + 1 < len(bounds) else counted
        number = max(0, min(counted, last) - first)
        earned += number * tier.multiple
    return round(Fraction(scheme.rate * earned, 100))


def tier_reached(scheme: Scheme, counted: int, target: int) -> int | None:
    """From which percent the tier counts that attainment reached; ``None`` below the first."""
    if target <= 0:
        return None
    attained = Fraction(100 * counted, target)
    return max((tier.percent for tier in scheme.tiers if attained >= tier.percent), default=None)


def _multiple_at(tiers: Sequence[Tier], percent: Fraction) -> int:
    reached = [tier.multiple for tier in tiers if percent >= tier.percent]
    return reached[-1] if reached else 0


@dataclass(frozen=True, slots=True)
class Prize:
    """What a rep won in a contest: the place (shared places bear the same), and hundredths."""

    rep_id: int
    place: int
    counted: int
    amount: int


def award(counts: Mapping[int, int], prizes: Sequence[int]) -> list[Prize]:
    """Rank reps by count and hand out prizes; who has nothing wins nothing.

    Reps with the same count share the prizes of the places they take together, equally and rounded
    down, so that never more is paid than was promised.
    """
    ranked = sorted(
        ((count, rep_id) for rep_id, count in counts.items() if count > 0),
        key=lambda pair: (-pair[0], pair[1]),
    )
    won = []
    place = 0
    while place < len(ranked):
        tied = [rep_id for count, rep_id in ranked if count == ranked[place][0]]
        pot = sum(prizes[place : place + len(tied)])
        won += [Prize(rep, place + 1, ranked[place][0], pot // len(tied)) for rep in tied]
        place += len(tied)
    return won
