"""What a change comes to: posts, prospects, precision, load and cost, before and after. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from signals.estimates import (
    Count,
    Estimate,
    Stratum,
    add,
    estimate_count,
    estimate_part,
    estimate_people,
    estimate_share,
)
from signals.scoring.contract import Intent
from signals.studio import Heard, Replay, StoredPost

Key = tuple[int | None, int | None]


def key_of(post: StoredPost) -> Key:
    """By what a post is found again: its row in the archive or among the signals."""
    return post.archive_id, post.signal_id


@dataclass(frozen=True, slots=True)
class Judged:
    """A post with the probability that its author is a prospect; a person's word is 0 or 1."""

    heard: Heard
    prospect: float | None
    intent: tuple[Intent, float] | None
    by_person: bool = False


@dataclass(frozen=True, slots=True)
class Side:
    """What the saved or the drafted definition comes to in the days replayed.

    ``outside``: prospects who say they live in none of its countries: lists take them last.
    ``None`` where it names no country.
    """

    posts: Count
    prospects: Count
    precision: Estimate | None
    per_rep_day: float | None
    cost: float
    outside: Count | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a preview is put beside.

    ``reps``: how many of those who may receive the topic work on an average day. ``places``:
    prospects of the topic a rep is given a working day at present. ``kept``: whether anything that
    matched nothing is; ``unkept``: networks of which it may not be. ``homes``: the country of each
    author who says where they live, as a topic with countries reads it.
    """

    reps: float
    places: float | None
    cost: float
    searched: int
    kept: bool = True
    unkept: tuple[str, ...] = ()
    may_gain: bool = False
    later: tuple[tuple[str, datetime | None], ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """Before and after a change, and samples of what it gains and loses. ``exact``: no estimate.

    Counts carry their interval where a sample was looked at. ``days``: what the posts kept cover,
    of gains and losses alike. ``places``: prospects of the topic a rep is given a working day at
    present; ``None`` before the first list. ``gains_known``: whether posts that matched nothing are
    kept at all; ``unkept``: networks of which none are, where gains are not known either.
    ``later``: networks of which posts are kept for a shorter time, since when; ``None``: none yet.
    ``unreplayed``: what of the change was not tried: community.
    """

    days: float
    saved: Side
    draft: Side
    gained: tuple[Judged, ...]
    lost: tuple[Judged, ...]
    gained_posts: Count
    lost_posts: Count
    gained_prospects: Count
    lost_prospects: Count
    per_phrase: dict[str, float]
    places: float | None
    exact: bool
    searched: int
    gains_known: bool = True
    unkept: tuple[str, ...] = ()
    unreplayed: tuple[str, ...] = ()
    later: tuple[tuple[str, datetime | None], ...] = ()


def put_together(
    change: Replay,
    before: Sequence[Judged],
    gained: Sequence[Judged],
    lost: Sequence[Judged],
    *,
    facts: Facts,
    days: float,
    reaches: Callable[[Judged], bool],
    places: tuple[Collection[str], Collection[str]] = ((), ()),
) -> Preview:
    """``reaches``: whether a post alone would bring its author onto a list.

    ``places``: the countries of the saved definition and of the draft.
    """
    gone = {key_of(one.heard.post) for one in lost}
    kept = [one for one in before if key_of(one.heard.post) not in gone]
    posts = _count(before, ())
    more, fewer = _count(gained, change.steps), _count(lost, change.lost_steps)
    after = add(posts, more, less=(fewer,))
    warm, still = _authors(before, reaches), _authors(kept, reaches)
    prospects = _people(before, (), reaches, set())
    new = _people(gained, change.steps, reaches, warm)
    less = _people(lost, change.lost_steps, reaches, still | _authors(gained, reaches))
    then = add(prospects, new, less=(less,))
    saved_precision = estimate_share(_strata(before))
    draft_precision = estimate_share([*_strata(kept), *_strata(gained)])
    counts: dict[str, float] = {}
    for one in kept:
        for phrase in one.heard.phrases:
            counts[phrase] = counts.get(phrase, 0) + one.heard.step
    counts |= {p: float(n) for p, n in change.per_phrase.items() if p not in counts}

    def live_outside(judged: Sequence[Judged], named: Collection[str]) -> Count | None:
        if not named:
            return None
        homes = facts.homes
        return _people(
            judged, (),
            lambda one: reaches(one) and homes.get(one.heard.post.author, min(named)) not in named,
            set(),
        )  # fmt: skip

    def side(posts: Count, people: Count, precision: Estimate | None, ratio: float) -> Side:
        load = people.value / days / facts.reps if facts.reps else None
        return Side(posts, people, precision, load, facts.cost * ratio)

    return Preview(
        days=days,
        saved=replace(
            side(posts, prospects, saved_precision, 1.0), outside=live_outside(before, places[0])
        ),
        draft=replace(
            side(after, then, draft_precision, after.value / posts.value if posts.value else 1),
            outside=live_outside([*kept, *gained], places[1]),
        ),
        gained=tuple(gained),
        lost=tuple(lost),
        gained_posts=more,
        lost_posts=fewer,
        gained_prospects=new,
        lost_prospects=less,
        per_phrase=counts,
        places=facts.places,
        exact=posts.exact
        and more.exact
        and fewer.exact
        and not change.unreplayed
        and (not facts.may_gain or (facts.kept and not facts.unkept and not facts.later)),
        searched=facts.searched,
        gains_known=facts.kept or not facts.may_gain,
        unkept=facts.unkept if facts.may_gain else (),
        later=facts.later if facts.may_gain else (),
        unreplayed=change.unreplayed,
    )


def _count(judged: Sequence[Judged], steps: Iterable[float]) -> Count:
    return estimate_count(Counter(one.heard.step for one in judged), tuple(steps))


def _strata(judged: Sequence[Judged]) -> list[Stratum]:
    """By step, since each post of a step stands for equally many."""
    by_step: dict[float, list[Judged]] = {}
    for one in judged:
        by_step.setdefault(one.heard.step, []).append(one)
    return [
        Stratum(
            step * len(of),
            [one.prospect for one in of if one.prospect is not None],
            step * (step - 1) * len(of),
        )
        for step, of in by_step.items()
    ]


def _authors(judged: Sequence[Judged], reaches: Callable[[Judged], bool]) -> set[str]:
    return {one.heard.post.author for one in judged if reaches(one)}


def _people(
    judged: Sequence[Judged],
    steps: Iterable[float],
    reaches: Callable[[Judged], bool],
    without: set[str],
) -> Count:
    """Authors that reach a list, each once; those of posts not judged in proportion, step by step.

    An author counts where fewest others are stood for. Of how many people a sample is, its own
    repetitions tell (``estimate_people``); how many of them reach a list, those who were judged. A
    step without any takes the share of all.
    """
    read = {one.heard.post.author for one in judged if one.prospect is not None}
    whole = len(read), len(_authors(judged, reaches) - without)
    seen = set(without)
    parts = [_count((), [one for one in steps if all(j.heard.step != one for j in judged)])]
    for step in sorted({one.heard.step for one in judged}):
        of = [j for j in judged if j.heard.step == step and j.heard.post.author not in seen]
        posts = Counter(one.heard.post.author for one in of)
        looked = {one.heard.post.author for one in of if one.prospect is not None}
        reaching = _authors(of, reaches)
        seen |= reaching
        share = (len(looked), len(reaching)) if looked else whole
        part = estimate_part(estimate_people(posts.values(), step), *share)
        least = float(len(reaching))  # they were seen
        parts.append(Count(max(part.value, least), max(part.low, least), max(part.high, least)))
    return add(*parts)
