"""Why somebody was on a rep's list of a day, why not, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from config.errors import NotFound
from config.settings import ListSettings
from models import Account, Assignment, ListBuild, Person, Rep, Touch
from prospects.ranked import RankedProspect
from quotas.allocation import Candidate, Capacity
from quotas.attainment import counted_touches
from quotas.record import read_inputs
from quotas.replay import load_builds
from quotas.returning import explain_everything
from signals.text import is_storable

_SOURCES = {
    "warmth": "Their rank brought them a place.",
    "explore": "Chance chose them as a try: the scorer is unsure about them.",
    "relationship": "They answered this rep, or engaged again since.",
    "next_step": "The rep set this date.",
}


@dataclass(frozen=True, slots=True)
class Why:
    """The answer about one person: sentences of why, and of what would change it."""

    person_id: int
    account: str
    listed: bool
    because: tuple[str, ...]
    would_change: tuple[str, ...]


def explain_choice(
    session: Session, rep: Rep, on: date, handle: str, *, settings: ListSettings
) -> Why:
    """Why the person behind ``handle`` was, or was not, on the rep's list of ``on``."""
    account = _find_account(session, handle)
    person = session.get_one(Person, account.person_id)
    name = f"@{account.handle}" if account.handle else account.external_id
    build = load_builds(session, rep, on)[-1]
    row = session.scalars(
        select(Assignment).where(
            Assignment.rep_id == rep.id,
            Assignment.listed_on == on,
            Assignment.person_id == person.id,
        )
    ).one_or_none()
    if row is not None:
        because, change = _why_listed(build, rep, row)
    else:
        because, change = _why_not(session, build, rep, person, settings)
    return Why(person.id, name, row is not None, tuple(because), tuple(change))


def _find_account(session: Session, handle: str) -> Account:
    wanted = handle.strip().removeprefix("@")
    account = None
    if wanted and is_storable(wanted):
        account = session.scalars(
            select(Account)
            .where(or_(func.lower(Account.handle) == wanted.lower(), Account.external_id == wanted))
            .order_by(Account.id)
            .limit(1)
        ).one_or_none()
    if account is None:
        raise NotFound(
            "Nobody is known as %(handle)s.",
            "Give a handle as the list shows it.",
            handle=repr(handle[:60]),
        )
    return account


def _why_listed(build: ListBuild, rep: Rep, row: Assignment) -> tuple[list[str], list[str]]:
    because = [
        _SOURCES[row.source],
        f"Rank {row.rank} with a warmth of {row.warmth:.2f}: "
        + ", ".join(f"{r['hundredths'] / 100:+.2f} {r['code']}" for r in row.reasons)
        + ".",
    ]
    change = []
    if row.source == "explore":
        because.append(f"The odds of being drawn were {row.propensity:.1%}.")
    if row.source == "warmth":
        capacities, candidates, _ = read_inputs(build)
        mine = next((c for c in capacities if c.rep_id == rep.id), None)
        suiting = sum(mine.admits(one) for one in candidates) if mine else 0
        because.append(f"{suiting} people suited {mine.count if mine else 0} places of {rep.name}.")
        threshold = build.details["standards"][mine.standard][0] if mine else 0.0
        largest = max((r["hundredths"] / 100 for r in row.reasons), default=0.0)
        rest = row.warmth - largest
        change.append(
            f"Without what brought {largest:+.2f} they would have {rest:.2f}"
            + (f", under the {threshold:.2f} that counts." if rest < threshold else ".")
        )
    return because, change


def _why_not(
    session: Session, build: ListBuild, rep: Rep, person: Person, settings: ListSettings
) -> tuple[list[str], list[str]]:
    if person.suppressed_at is not None:
        return ["They must not be contacted."], ["Nothing: that is for them to decide."]
    holder = session.execute(
        select(Assignment, Rep.name)
        .join(Rep, Rep.id == Assignment.rep_id)
        .where(
            Assignment.person_id == person.id,
            Assignment.assigned_at <= build.built_at,
            or_(Assignment.closed_at.is_(None), Assignment.closed_at > build.built_at),
        )
        .limit(1)
    ).one_or_none()
    if holder is not None:
        assignment, name = holder
        ends = (assignment.assigned_at + timedelta(days=settings.hold_days)).date()
        return (
            [f"{name} holds them since {assignment.listed_on}."],
            [f"{name} hands them back, or leaves them untouched until {ends}."],
        )
    handed = session.scalar(
        select(func.max(Assignment.closed_at)).where(
            Assignment.rep_id == rep.id,
            Assignment.person_id == person.id,
            Assignment.closed_reason == "handed_back",
            Assignment.closed_at <= build.built_at,
            Assignment.closed_at > build.built_at - timedelta(days=settings.handed_back_days),
        )
    )
    if handed is not None:
        until = (handed + timedelta(days=settings.handed_back_days)).date()
        return (
            [f"{rep.name} handed them back on {handed.date()}."],
            [f"They may come to {rep.name} again from {until} on; others may get them before."],
        )
    capacities, candidates, _ = read_inputs(build)
    mine = next((c for c in capacities if c.rep_id == rep.id), None)
    if mine is None:
        return [f"{rep.name} had no quota that day."], ["Set one: warmlist quota set"]
    theirs = [one for one in candidates if one.person_id == person.id]
    if not theirs:
        return _why_no_candidate(session, build, mine, person, settings)
    return _why_not_chosen(session, build, rep, mine, theirs)


def _why_no_candidate(
    session: Session, build: ListBuild, mine: Capacity, person: Person, settings: ListSettings
) -> tuple[list[str], list[str]]:
    threshold = float(build.details["standards"][mine.standard][0])
    last = session.scalars(
        counted_touches()
        .where(Touch.person_id == person.id, Touch.occurred_at <= build.built_at)
        .order_by(Touch.occurred_at.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        days = settings.no_answer_days if last.disposition == "no_answer" else (
            settings.cool_down_days
        )  # fmt: skip
        free = last.occurred_at + timedelta(days=days)
        if free > build.as_of:
            return (
                [f"They were contacted on {last.occurred_at.date()} ({last.disposition})."],
                [f"They are left alone until {free.date()}, unless they answer."],
            )
    ranked = explain_everything(session, [person.id], build.as_of, settings)
    if not ranked:
        return ["Nothing was heard from them on an active topic by then."], [
            "A post, comment or like of theirs on a topic."
        ]
    best = max(ranked, key=lambda one: one.warmth.value)
    if best.warmth.value < threshold:
        return (
            [f"Their warmth was {best.warmth.value:.2f}, under {threshold:.2f}."],
            [_what_is_missing(best, threshold)],
        )
    if not mine.count:
        return ["No place was open: what the quota asked for that day was filled."], [
            "A higher quota, or fewer prospects held."
        ]
    return (
        [f"With a warmth of {best.warmth.value:.2f} they ranked behind everybody looked at."],
        ["More warmth, a better fit, or more places."],
    )


def _what_is_missing(ranked: RankedProspect, threshold: float) -> str:
    lacking = threshold - ranked.warmth.value
    words = f"{lacking:.2f} points more, such as a new post or comment that states a need"
    if ranked.missing is not None and ranked.missing.hundredths:
        code = ranked.missing.code.removeprefix("missing.")
        words += f" (most is lost by {code}: {ranked.missing.hundredths / 100:.2f})"
    return words + "."


def _why_not_chosen(
    session: Session, build: ListBuild, rep: Rep, mine: Capacity, theirs: Sequence[Candidate]
) -> tuple[list[str], list[str]]:
    given = {g[1]: g for g in build.details["given"]}
    person_id = theirs[0].person_id
    if theirs[0].only_rep not in {None, rep.id}:
        other = session.get(Rep, theirs[0].only_rep)
        return (
            [f"They have a relationship with {other.name if other else 'another rep'}."],
            ["A manager reassigns them."],
        )
    reasons = [reason for one in theirs for reason in _outside(mine, one, build)]
    if not any(mine.admits(one) for one in theirs):
        return list(dict.fromkeys(reasons)), ["A wider territory, or another standard."]
    if person_id in given:
        other = session.get(Rep, given[person_id][0])
        return (
            [f"{other.name if other else 'Another rep'} was given them the same day."],
            ["Nothing: nobody is given to two; values and numbers are shared out alike."],
        )
    if not mine.count:
        return ["No place was open: what the quota asked for that day was filled."], [
            "A higher quota, or fewer prospects held."
        ]
    best = max((one for one in theirs if mine.admits(one)), key=lambda one: one.value)
    price = build.details["certificate"]["prices"].get(str(rep.id), 0.0)
    least = f"Every place went to somebody worth at least {price:.3f}; they are worth"
    return [f"{least} {best.value:.3f}."], [_warmth_for(price, best), "One place more."]


def _outside(mine: Capacity, one: Candidate, build: ListBuild) -> list[str]:
    reasons = []
    if mine.languages and one.language and one.language not in mine.languages:
        reasons.append(f"Language {one.language} is not {' or '.join(sorted(mine.languages))}.")
    if mine.topics and one.topic_id not in mine.topics:
        reasons.append("The topic is not in the territory.")
    if mine.networks and one.network not in mine.networks:
        reasons.append(f"Network {one.network} is not {' or '.join(sorted(mine.networks))}.")
    if mine.places and (one.place or "").lower() not in mine.places:
        reasons.append(f"Place {one.place or 'unknown'} is not in the territory.")
    if not one.meets >> mine.standard & 1:
        threshold, fresh_days = build.details["standards"][mine.standard]
        fresh = f" and news within {fresh_days} days" if fresh_days else ""
        reasons.append(f"The quota asks for a warmth of {threshold:.2f}{fresh}.")
    return reasons


def _warmth_for(price: float, one: Candidate) -> str:
    """What warmth would reach a price in the person's own band of fit; see value_of_prospect."""
    band = int(3 * one.value)
    share = 3 * price - band
    if share >= 1:
        return "A better fit: no warmth makes up for it."
    return f"A warmth over {share / (1 - share):.2f}."
