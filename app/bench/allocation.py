"""Allocation against its promises: value, parts, means over days, and speed."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.bench.figures import Figure
from quotas.allocate import Candidate, Capacity, Standing, allocate
from quotas.allocation import fade
from quotas.verify import check_allocation

WINDOW = 20  #: days over which means are to be alike
DAYS = 200  #: of a run
SEEDS = 20  #: draws of each case, each with prospects of its own
_FIRST = 1000  # seed of the first draw: none of those the rule was tried out on
_GAP = 0.02  # points between any two reps' means
PEER = (4, 2, 2, 1, 1)  #: quotas a day of the peer's case, where five can be had
APART = (4, 2, 4, 2)  #: quotas a day of two reps of English and two of Arabic
LANGUAGES_APART = ("en", "en", "ar", "ar")
_LANGUAGES = ("en", "ar", "fr", "de")
_NETWORKS = ("x", "reddit", "bluesky")


def measure_allocation(*, instances: int = 1000) -> list[Figure]:
    """The figures of the allocator; ``instances`` random ones are compared with an exact solver."""
    ratio, faults = compare_with_exact(instances)
    enough = draw_runs((4, 2, 2, 1, 1), 10)
    pair = draw_runs((5, 1), 6)
    team = draw_runs(tuple(range(1, 15)), 80)
    peer = draw_runs(PEER, 5)
    apart = draw_runs(APART, 12, languages=LANGUAGES_APART)
    monthly = run_days((4, 2, 2, 1, 1 / 21), 5, 0)
    daily = [*enough, *pair, *team]
    runs = [*daily, *peer, *apart, monthly]
    # One in 21 days among 9.05 wanted a day, of which 5 can be had: its part is one in 38 days.
    # The peer's: 0.83 and 0.24 are the means of its reps in the case of `peer`.
    return [
        Figure("quotas.value_ratio", ratio, "× the optimum", 0.99),
        Figure("quotas.certificate_faults", faults, "allocations", 0, at_most=True),
        Figure(
            "quotas.mean_value_gap", max(r.worst_gap for r in daily), "points", _GAP, at_most=True,
        ),
        *(
            figure
            for name, of_case in (
                ("4_2_2_1_1_of_10", enough), ("5_1_of_6", pair), ("1_to_14_of_80", team),
                ("4_2_2_1_1_of_5", peer), ("two_territories", apart),
            )
            for figure in (
                Figure(f"quotas.gap_worst.{name}", max(r.worst_gap for r in of_case),
                       f"points, of {len(of_case)} draws", _GAP, at_most=True),
                Figure(f"quotas.gap_mean_of_draws.{name}",
                       sum(r.worst_gap for r in of_case) / len(of_case),
                       "points, the worst window of each draw"),
                Figure(f"quotas.gap_draws_kept.{name}",
                       sum(r.worst_gap <= _GAP for r in of_case), f"of {len(of_case)} draws"),
            )
        ),
        Figure(
            "quotas.mean_value_windows_kept", min(_kept(r) for r in (enough, pair, team)),
            "of the windows",
        ),
        Figure(
            "quotas.mean_value_draws_kept", sum(r.worst_gap <= _GAP for r in daily) / len(daily),
            "of the draws",
        ),
        Figure(
            "quotas.large_team_mean_value_gap", max(r.worst_gap for r in team), "points", _GAP,
            at_most=True,
        ),
        Figure(
            "quotas.peer_case_mean_value_gap", max(r.worst_gap for r in peer), "points", _GAP,
            at_most=True, reference=0.59,
        ),
        Figure(
            "quotas.peer_case_mean_value_gap_usual", sum(r.usual_gap for r in peer) / len(peer),
            "points", _GAP, at_most=True, reference=0.59,
        ),
        Figure(
            "quotas.peer_case_windows_kept", _kept(peer), "of the windows",
        ),
        Figure("quotas.count_gap", max(r.count_gap for r in runs), "places", 1, at_most=True),
        Figure(
            "quotas.one_a_month_first_day", monthly.first_day.get(4, DAYS), "days", 38,
            at_most=True,
        ),
        Figure("quotas.allocate_500x100k_cpu_s", time_large(), "s", 2, at_most=True),
    ]  # fmt: skip


@dataclass(slots=True)
class DaysRun:
    """What many days of allocation came to; gaps are over every 20-day window."""

    count_gap: float = 0.0
    gaps: list[float] = field(default_factory=list)
    first_day: dict[int, int] = field(default_factory=dict)

    @property
    def worst_gap(self) -> float:
        return max(self.gaps)

    @property
    def usual_gap(self) -> float:
        return sum(self.gaps) / len(self.gaps)

    @property
    def kept_share(self) -> float:
        """Of the windows, those with a gap of at most 0.02."""
        return sum(gap <= _GAP for gap in self.gaps) / len(self.gaps)


def _kept(runs: Sequence[DaysRun]) -> float:
    return sum(run.kept_share for run in runs) / len(runs)


def draw_days(rng: random.Random, supply: int, days: int) -> list[list[float]]:
    """Values of the prospects of each day, even from 0 to 1."""
    return [[rng.random() for _ in range(supply)] for _ in range(days)]


def draw_runs(shares: Sequence[float], supply: int, languages: Sequence[str] = ()) -> list[DaysRun]:
    """Every draw of a case."""
    return [run_days(shares, supply, _FIRST + n, languages) for n in range(SEEDS)]


def run_days(
    shares: Sequence[float], supply: int, seed: int, languages: Sequence[str] = ()
) -> DaysRun:
    """Hand out ``supply`` prospects a day, values even from 0 to 1, to reps with these quotas.

    With ``languages``, one for each rep, that is all the rep may have; of the prospects as many
    speak it as its reps ask for, those of the last language are worth a fifth less, and gaps are
    between reps of one language.
    """
    speak = [spoken for spoken, share in zip(languages, shares, strict=True)
             for _ in range(round(share))] if languages else [""] * supply  # fmt: skip
    rng = random.Random(seed)  # noqa: S311 - the same days every time, nothing secret
    run = DaysRun()
    owed = [0.0] * len(shares)
    got: list[list[tuple[int, float]]] = [[] for _ in shares]
    for day, values in enumerate(draw_days(rng, supply, DAYS)):
        capacities = [
            Capacity(
                i, max(1, round(share)), share,
                languages=frozenset(languages[i : i + 1]) if languages else frozenset(),
            )
            for i, share in enumerate(shares)
        ]  # fmt: skip
        candidates = [
            Candidate(
                day * 1000 + j, 1, value * (0.8 if languages and speak[j] == languages[-1] else 1),
                speak[j] or None,
            )
            for j, value in enumerate(values)
        ]  # fmt: skip
        ledger = {}
        for i in range(len(shares)):
            ledger[i] = keep_ledger(owed[i], got[i], day)
        allocation = allocate(capacities, candidates, frozenset(), ledger, seed=day)
        for i, people in allocation.assigned.items():
            got[i] += [(day, one.value) for one in people]
            owed[i] = allocation.certificate.owed[i]
            if people:
                run.first_day.setdefault(i, day + 1)
        total = sum(map(len, got))
        run.count_gap = max(
            run.count_gap,
            *(abs(len(got[i]) - total * share / sum(shares)) for i, share in enumerate(shares)),
        )
        if day >= WINDOW - 1:
            means: dict[str, list[float]] = {}
            for i in range(len(shares)):
                recent = [value for on, value in got[i] if on > day - WINDOW]
                if recent:
                    spoken = languages[i] if languages else ""
                    means.setdefault(spoken, []).append(sum(recent) / len(recent))
            run.gaps.append(max(max(of_one) - min(of_one) for of_one in means.values()))
    return run


def keep_ledger(owed: float, got: Sequence[tuple[int, float]], day: int) -> Standing:
    """A rep's ledger before ``day``, from all that was given: on which day, and its value."""
    by_day: dict[int, list[float]] = {}
    for on, value in got:
        if on > day - WINDOW:
            by_day.setdefault(on - day + WINDOW, []).append(value)
    recent = tuple((left, len(of_day), sum(of_day)) for left, of_day in sorted(by_day.items()))
    return Standing(
        owed,
        sum(fade(left) * count for left, count, _ in recent),
        sum(fade(left) * value for left, _, value in recent),
        recent,
    )


def draw_instance(
    rng: random.Random,
) -> tuple[list[Capacity], list[Candidate], dict[int, Standing]]:
    """A random team of up to 50 reps and up to 2,000 prospects, with territories and a ledger."""
    reps, people = round(2 ** rng.uniform(1, 5.64)), round(2 ** rng.uniform(3, 10.96))
    most = max(1, 2 * people // reps // rng.randint(1, 4))
    capacities = [
        Capacity(
            number,
            rng.randint(0, most),
            rng.uniform(0.05, 14),
            frozenset(rng.sample(_LANGUAGES, rng.choice([0, 0, 1, 2]))),
            frozenset(rng.sample(range(5), rng.choice([0, 0, 0, 2, 3]))),
            frozenset(rng.sample(_NETWORKS, rng.choice([0, 0, 0, 1, 2]))),
        )
        for number in range(1, reps + 1)
    ]
    candidates = [
        Candidate(
            person,
            topic,
            round(5 * rng.betavariate(1, 3), 2),
            rng.choice((*_LANGUAGES, None)),
            rng.choice(_NETWORKS),
            only_rep=rng.randint(1, reps) if rng.random() < 0.05 else None,
        )
        for person in range(people)
        for topic in rng.sample(range(5), rng.choice([1, 1, 1, 2, 3]))
    ]
    ledger = {n: Standing(rng.uniform(-0.9, 0.9), 5, rng.uniform(3, 6)) for n in range(1, reps + 1)}
    return capacities, candidates, ledger


def compare_with_exact(instances: int) -> tuple[float, int]:
    """The worst share of the optimum over random instances, and how many a checker faults."""
    worst, faults = 1.0, 0
    for seed in range(instances):
        rng = random.Random(seed)  # noqa: S311 - the same instances every time
        capacities, candidates, ledger = draw_instance(rng)
        allocation = allocate(capacities, candidates, frozenset(), ledger, seed=seed)
        faults += bool(check_allocation(capacities, candidates, frozenset(), ledger, allocation))
        best = solve_exactly(capacities, candidates)
        if best > 0:
            worst = min(worst, allocation.certificate.total / best)
    return worst, faults


def solve_exactly(capacities: Sequence[Capacity], candidates: Sequence[Candidate]) -> float:
    """The greatest total value there is, by scipy's assignment solver: a column for every place."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    rows = {person: n for n, person in enumerate(sorted({c.person_id for c in candidates}))}
    values = np.zeros((len(rows), len(capacities)))
    for candidate in candidates:
        row = rows[candidate.person_id]
        for column, capacity in enumerate(capacities):
            if capacity.admits(candidate):
                values[row, column] = max(values[row, column], candidate.value)
    places = [column for column, c in enumerate(capacities) for _ in range(c.count)]
    if not places or not rows:
        return 0.0
    spread = values[:, places]
    first, second = linear_sum_assignment(spread, maximize=True)
    return float(spread[first, second].sum())


def time_large() -> float:
    """CPU-seconds of one allocation of 100,000 candidates to 500 reps with territories."""
    rng = random.Random(5)  # noqa: S311 - the same team every time
    capacities = [
        Capacity(
            number, rng.randint(8, 20), rng.uniform(1, 14),
            frozenset(rng.sample(_LANGUAGES, rng.randint(0, 2))),
        )
        for number in range(500)
    ]  # fmt: skip
    candidates = [
        Candidate(
            person, rng.randint(1, 10), 5 * rng.betavariate(1, 4),
            rng.choice((*_LANGUAGES, None)), rng.choice(_NETWORKS),
        )
        for person in range(100_000)
    ]  # fmt: skip
    started = time.process_time()
    allocate(capacities, candidates, frozenset(), {}, seed=1)
    return time.process_time() - started
