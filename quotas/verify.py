"""Checks an allocation against its certificate, sharing no code with what made it. Pure.

Small on purpose: whoever doubts an allocation can read this page instead of the allocator.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from quotas.allocation import Allocation, Candidate, Capacity, Standing

_SLACK = 1e-6


def check_allocation(
    capacities: Sequence[Capacity],
    ranked: Sequence[Candidate],
    held: AbstractSet[int],
    ledger: Mapping[int, Standing],
    allocation: Allocation,
    *,
    least_value: float = 0.99,
) -> list[str]:
    """What is wrong with an allocation, in words; nothing if it keeps every promise.

    Promises: only candidates are given, nobody twice, nobody who is held, nobody outside a
    territory; what is given and what is short make up every capacity; each rep is within one place
    of their part, or nothing that was given could bring them nearer; the total is at least
    ``least_value`` of what any allocation could reach.
    """
    wrong: list[str] = []
    offered = set(ranked)
    reps = {capacity.rep_id: capacity for capacity in capacities}
    given: dict[int, int] = {}
    for rep_id, people in allocation.assigned.items():
        for one in people:
            given[one.person_id] = given.get(one.person_id, 0) + 1
            if one not in offered:
                wrong.append(f"{one.person_id} was no candidate")
            if not _may_have(reps[rep_id], one):
                wrong.append(f"{one.person_id} lies outside the territory of rep {rep_id}")
    wrong += [f"{person} was given {times} times" for person, times in given.items() if times > 1]
    wrong += [f"{person} is held already" for person in given if person in held]
    for capacity in capacities:
        got = len(allocation.assigned.get(capacity.rep_id, ()))
        short = allocation.shortfall.get(capacity.rep_id)
        if got + (short.count if short else 0) != max(0, capacity.count):
            wrong.append(f"rep {capacity.rep_id}: {got} and the shortfall are not the capacity")
    wrong += _check_parts(capacities, ledger, allocation)
    wrong += _check_value(capacities, ranked, held, allocation, least_value)
    return wrong


def _may_have(rep: Capacity, one: Candidate) -> bool:
    if one.meets >= 0 and one.meets // 2**rep.standard % 2 == 0:
        return False
    if rep.rep_id in one.not_for:
        return False
    if one.only_rep is not None:
        return one.only_rep == rep.rep_id
    checks = (
        (rep.languages, one.language, not one.language),
        (rep.topics, one.topic_id, False),
        (rep.networks, one.network, False),
        (rep.places, (one.place or "").lower(), False),
    )
    return all(not allowed or has in allowed or passes for allowed, has, passes in checks)


def _check_parts(
    capacities: Sequence[Capacity], ledger: Mapping[int, Standing], allocation: Allocation
) -> list[str]:
    certificate = allocation.certificate
    total = sum(map(len, allocation.assigned.values()))
    wrong = []
    if abs(sum(certificate.entitled.values()) - total) > _SLACK * (1 + total):
        wrong.append("what reps are entitled to does not add up to what was given")
    debts: dict[int, float] = {}
    open_reps = [c for c in capacities if c.count > 0]
    for rep in open_reps:
        before = max(-1.0, min(1.0, ledger[rep.rep_id].owed if rep.rep_id in ledger else 0.0))
        part = certificate.entitled[rep.rep_id]
        debts[rep.rep_id] = before + part - len(allocation.assigned[rep.rep_id])
        if abs(debts[rep.rep_id] - certificate.owed[rep.rep_id]) > _SLACK:
            wrong.append(f"rep {rep.rep_id}: the debt carried on is not what it comes to")
        if part > rep.count + _SLACK:
            wrong.append(f"rep {rep.rep_id} is entitled to more than the capacity")
    # What all of them together are owed lies with reps who are away: it counts against nobody.
    outside = sum(debts.values()) / max(1, total)
    for rep in open_reps:
        debts[rep.rep_id] -= outside * certificate.entitled[rep.rep_id]
    # Proportional: a rep with room has a part that is no smaller, for its share, than anybody's.
    levels = {r.rep_id: certificate.entitled[r.rep_id] / r.share for r in open_reps if r.share > 0}
    for rep in open_reps:
        if rep.share <= 0 or debts[rep.rep_id] < 1.0 + _SLACK:
            continue
        if len(allocation.assigned[rep.rep_id]) >= rep.count:
            continue
        for other in open_reps:
            if debts[other.rep_id] < 0 and any(
                _may_have(rep, one) for one in allocation.assigned[other.rep_id]
            ):
                wrong.append(f"rep {rep.rep_id} is a place behind, {other.rep_id} ahead of it")
    reach = {
        rep.rep_id: sum(
            _may_have(rep, one) for people in allocation.assigned.values() for one in people
        )
        for rep in open_reps
    }
    highest = max(levels.values(), default=0.0)
    for rep in open_reps:
        full = min(rep.count, reach[rep.rep_id])
        part = certificate.entitled[rep.rep_id]
        lower = rep.share > 0 and levels[rep.rep_id] < highest - _SLACK * (1 + highest)
        if lower and part < full - _SLACK * (1 + full):
            wrong.append(f"rep {rep.rep_id} is entitled to less than its share")
    return wrong


def _check_value(
    capacities: Sequence[Capacity],
    ranked: Sequence[Candidate],
    held: AbstractSet[int],
    allocation: Allocation,
    least_value: float,
) -> list[str]:
    """No allocation can exceed Σ price × places + Σ over people of what they exceed the prices by.

    That is weak duality of linear programming: it holds whatever the prices are.
    """
    prices = allocation.certificate.prices
    open_reps = [capacity for capacity in capacities if capacity.count > 0]
    surplus: dict[int, float] = {}
    cheapest: dict[tuple[object, ...], float | None] = {}
    for one in ranked:
        if one.person_id in held:
            continue
        kind = (one.language, one.topic_id, one.network, one.place, one.only_rep, one.meets,
                one.not_for)  # fmt: skip
        if kind not in cheapest:
            cheapest[kind] = min(
                (prices[rep.rep_id] for rep in open_reps if _may_have(rep, one)), default=None
            )
        price = cheapest[kind]
        if price is not None:
            surplus[one.person_id] = max(surplus.get(one.person_id, 0.0), one.value - price)
    bound = sum(surplus.values()) + sum(prices[rep.rep_id] * rep.count for rep in open_reps)
    total = sum(one.value for people in allocation.assigned.values() for one in people)
    if total < least_value * bound - _SLACK * (1 + bound):
        return [f"the total is {total:.4f}, up to {bound:.4f} might be possible"]
    if any(price < 0 for price in prices.values()):
        return ["a price is negative"]
    return []
