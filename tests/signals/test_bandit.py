from __future__ import annotations

import math
import random

from hypothesis import given
from hypothesis import strategies as st

from signals.bandit import Arm, propose

amounts = st.floats(0, 1e4)
arms = st.lists(
    st.builds(
        Arm,
        st.sampled_from(("pension", "401k", "annuity", "تقاعد")),
        st.sampled_from(("x", "reddit", "bluesky")),
        amounts,
        st.integers(0, 50).map(float),
        st.none() | amounts,
    ),
    unique_by=lambda arm: arm.key,
    max_size=9,
)


limits = st.dictionaries(st.sampled_from(("x", "reddit")), amounts)


@given(arms, amounts, st.integers(0, 9), limits)
def test_no_network_is_given_more_than_its_limit(
    given_arms: list[Arm], budget: float, seed: int, most: dict[str, float]
) -> None:
    shares = propose(given_arms, budget, seed=seed, limits=most)
    assert sum(share.amount for share in shares) <= budget * (1 + 1e-9)
    for network, limit in most.items():
        of_it = sum(share.amount for share in shares if share.arm.network == network)
        assert of_it <= limit * (1 + 1e-9)


@given(arms, amounts, st.integers(0, 9), st.floats(0, 1))
def test_a_budget_is_never_exceeded_and_everybody_has_a_floor(
    given_arms: list[Arm], budget: float, seed: int, floor: float
) -> None:
    shares = propose(given_arms, budget, seed=seed, floor=floor)
    assert sum(share.amount for share in shares) <= budget * (1 + 1e-9)
    assert shares == propose(given_arms[::-1], budget, seed=seed, floor=floor)
    for share in shares:
        even = floor * budget / len(given_arms)
        most = math.inf if share.arm.most is None else share.arm.most
        assert min(even, most) <= share.amount * (1 + 1e-9)
        assert share.amount <= most * (1 + 1e-9)
        assert share.low <= share.high
    if given_arms and budget > 0 and all(arm.most is None for arm in given_arms):
        assert math.isclose(sum(share.amount for share in shares), budget, rel_tol=1e-9)


def _live(rates: dict[tuple[str, str], float], days: int, how: str, seed: int) -> float:
    """Prospects found in so many days of 100 units by one way to spend them."""
    rng = random.Random(seed)
    seen = {key: [0.0, 0.0] for key in rates}
    total = 0.0
    for day in range(days):
        known = [Arm(*key, spent, found) for key, (spent, found) in seen.items()]
        if how == "uniform":
            amounts = dict.fromkeys(rates, 100 / len(rates))
        elif how == "greedy":  # everything on what did best so far, ties by name
            best = max(
                known, key=lambda arm: (arm.found / arm.spent if arm.spent else 0.0, arm.key)
            )
            amounts = {best.key: 100.0}
        else:
            amounts = {s.arm.key: s.amount for s in propose(known, 100, seed=seed * 1_000 + day)}
        for key, amount in amounts.items():
            mean = amount * rates[key]
            found = sum(rng.random() < mean / 1_000 for _ in range(1_000))
            seen[key][0] += amount
            seen[key][1] += found
            total += found
    return total


def test_it_finds_more_than_spending_evenly_or_on_what_did_best_so_far() -> None:
    totals = dict.fromkeys(("bandit", "uniform", "greedy"), 0.0)
    for seed in range(6):
        rng = random.Random(seed)
        keywords = {k: rng.lognormvariate(0, 1) for k in ("a", "b", "c", "d", "e")}
        networks = {n: rng.lognormvariate(0, 0.5) for n in ("x", "reddit", "bluesky")}
        rates = {
            (k, n): min(0.2, 0.01 * of * on) for k, of in keywords.items()
            for n, on in networks.items()
        }  # fmt: skip
        for how in totals:
            totals[how] += _live(rates, 30, how, seed)
    assert totals["bandit"] > 1.25 * totals["uniform"]
    assert totals["bandit"] > 1.05 * totals["greedy"]


def test_the_budget_moves_to_what_brings_more() -> None:
    good, bad = Arm("good", "x", 200, 40), Arm("bad", "x", 200, 1)
    shares = {share.arm.keyword: share for share in propose([good, bad], 100, seed=1)}
    assert shares["good"].amount > 80
    assert 10 <= shares["bad"].amount < 20
    assert (shares["good"].why, shares["bad"].why) == ("best", "floor")


def test_a_keyword_new_on_a_network_begins_with_what_both_are_known_for() -> None:
    known = [Arm("pension", "x", 100, 30), Arm("coupon", "x", 100, 1), Arm("coupon", "y", 100, 1)]
    shares = propose([*known, Arm("pension", "y", 0, 0)], 100, seed=2)
    rate = {share.arm.key: share.rate for share in shares}
    assert rate["pension", "y"] > 3 * rate["coupon", "y"]
