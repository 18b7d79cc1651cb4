"""Why somebody was on a rep's list of a day, why not, and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from config.errors import NotFound
from config.sentences import Sentence
from config.settings import ListSettings
from models import Account, Assignment, ListBuild, Person, Rep, Touch
from prospects.ranked import RankedProspect
from quotas.allocation import Candidate, Capacity
from quotas.attainment import counted_touches
from quotas.record import read_inputs
from quotas.replay import load_builds
from quotas.returning import explain_everything, find_put_off_days
from quotas.why_listed import find_listed, why_listed
from signals.text import is_storable

_FILLED: Final = Sentence("No place was open: what the quota asked for that day was filled.")
_MORE_PLACES: Final = Sentence("A higher quota, or fewer prospects held.")


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
    builds = load_builds(session, rep, on)
    row = find_listed(session, builds, rep, on, person)
    if row is not None:
        because, change = why_listed(session, rep, row, on)
    else:
        because, change = _why_not(session, builds[-1], rep, person, settings)
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


def _why_not(
    session: Session, build: ListBuild, rep: Rep, person: Person, settings: ListSettings
) -> tuple[list[str], list[str]]:
    if person.suppressed_at is not None:
        return [Sentence("They must not be contacted.")], [
            Sentence("Nothing: that is for them to decide.")
        ]
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
            [Sentence("%(rep)s holds them since %(day)s.", rep=name, day=assignment.listed_on)],
            [
                Sentence(
                    "%(rep)s hands them back, or leaves them untouched until %(day)s.",
                    rep=name,
                    day=ends,
                )
            ],
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
            [Sentence("%(rep)s handed them back on %(day)s.", rep=rep.name, day=handed.date())],
            [
                Sentence(
                    "They may come to %(rep)s again from %(day)s on; others may get them before.",
                    rep=rep.name,
                    day=until,
                )
            ],
        )
    capacities, candidates, _ = read_inputs(build)
    mine = next((c for c in capacities if c.rep_id == rep.id), None)
    if mine is None:
        return [Sentence("%(rep)s had no quota that day.", rep=rep.name)], [
            Sentence("Set one: warmlist quota set")
        ]
    theirs = [one for one in candidates if one.person_id == person.id]
    if not theirs:
        return _why_no_candidate(session, build, mine, person, settings)
    return _why_not_chosen(session, build, rep, mine, theirs)


def _why_no_candidate(
    session: Session, build: ListBuild, mine: Capacity, person: Person, settings: ListSettings
) -> tuple[list[str], list[str]]:
    later = find_put_off_days(session, [person.id], build.listed_on, as_of=build.built_at)
    if later:
        return (
            [Sentence("They are put off to %(day)s.", day=later[person.id])],
            [Sentence("Nothing before that day: whoever set it gets them then.")],
        )
    threshold = float(build.details["standards"][mine.standard][0])
    last = session.scalars(
        counted_touches()
        .where(Touch.person_id == person.id, Touch.occurred_at <= build.built_at)
        .order_by(Touch.occurred_at.desc())
        .limit(1)
    ).one_or_none()
    if last is not None:
        days = settings.no_answer_days if last.disposition == "no_answer" else (
            build.details["settings"].get("cool_down_days", settings.cool_down_days)
        )  # fmt: skip
        free = last.occurred_at + timedelta(days=days)
        if free > build.as_of:
            return (
                [
                    Sentence(
                        "They were contacted on %(day)s (%(outcome)s).",
                        day=last.occurred_at.date(),
                        outcome=last.disposition,
                    )
                ],
                [
                    Sentence(
                        "They are left alone until %(day)s, unless they answer.", day=free.date()
                    )
                ],
            )
    ranked = explain_everything(session, [person.id], build.as_of, settings)
    if not ranked:
        return [Sentence("Nothing was heard from them on an active topic by then.")], [
            Sentence("A post, comment or like of theirs on a topic.")
        ]
    best = max(ranked, key=lambda one: one.warmth.value)
    if best.warmth.value < threshold:
        return (
            [
                Sentence(
                    "Their warmth was %(warmth)s, under %(threshold)s.",
                    warmth=f"{best.warmth.value:.2f}",
                    threshold=f"{threshold:.2f}",
                )
            ],
            [_what_is_missing(best, threshold)],
        )
    if not mine.count:
        return [_FILLED], [_MORE_PLACES]
    return (
        [
            Sentence(
                "With a warmth of %(warmth)s they ranked behind everybody looked at.",
                warmth=f"{best.warmth.value:.2f}",
            )
        ],
        [Sentence("More warmth, a better fit, or more places.")],
    )


def _what_is_missing(ranked: RankedProspect, threshold: float) -> str:
    lacking = threshold - ranked.warmth.value
    if ranked.missing is not None and ranked.missing.hundredths:
        return Sentence(
            "%(points)s points more, such as a new post or comment that states a need (most is"
            " lost by %(code)s: %(lost)s).",
            points=f"{lacking:.2f}",
            code=ranked.missing.code.removeprefix("missing."),
            lost=f"{ranked.missing.hundredths / 100:.2f}",
        )
    return Sentence(
        "%(points)s points more, such as a new post or comment that states a need.",
        points=f"{lacking:.2f}",
    )


def _why_not_chosen(
    session: Session, build: ListBuild, rep: Rep, mine: Capacity, theirs: Sequence[Candidate]
) -> tuple[list[str], list[str]]:
    given = {g[1]: g for g in build.details["given"]}
    person_id = theirs[0].person_id
    if theirs[0].only_rep not in {None, rep.id}:
        other = session.get(Rep, theirs[0].only_rep)
        return (
            [
                Sentence("They have a relationship with %(rep)s.", rep=other.name)
                if other
                else Sentence("They have a relationship with another rep.")
            ],
            [Sentence("A manager reassigns them.")],
        )
    reasons = [reason for one in theirs for reason in _outside(mine, one, build)]
    if all(rep.id in one.not_for for one in theirs):
        return (
            [
                Sentence(
                    "%(rep)s left them untouched not long ago: others come first.", rep=rep.name
                )
            ],
            [Sentence("Nobody else may have them, or some days pass.")],
        )
    if not any(mine.admits(one) for one in theirs):
        return list(dict.fromkeys(reasons)), [Sentence("A wider territory, or another standard.")]
    if person_id in given:
        other = session.get(Rep, given[person_id][0])
        return (
            [
                Sentence("%(rep)s was given them the same day.", rep=other.name)
                if other
                else Sentence("Another rep was given them the same day.")
            ],
            [Sentence("Nothing: nobody is given to two; values and numbers are shared out alike.")],
        )
    if not mine.count:
        return [_FILLED], [_MORE_PLACES]
    best = max((one for one in theirs if mine.admits(one)), key=lambda one: one.value)
    price = build.details["certificate"]["prices"].get(str(rep.id), 0.0)
    why = Sentence(
        "Every place went to somebody worth at least %(price)s; they are worth %(value)s.",
        price=f"{price:.3f}", value=f"{best.value:.3f}",
    )  # fmt: skip
    return [why], [_warmth_for(price, best), Sentence("One place more.")]


def _outside(mine: Capacity, one: Candidate, build: ListBuild) -> list[str]:
    reasons: list[str] = []
    if mine.languages and one.language and one.language not in mine.languages:
        reasons.append(
            Sentence(
                "Language %(language)s is not one of: %(known)s.",
                language=one.language, known=", ".join(sorted(mine.languages)),
            )
        )  # fmt: skip
    if mine.topics and one.topic_id not in mine.topics:
        reasons.append(Sentence("The topic is not in the territory."))
    if mine.networks and one.network not in mine.networks:
        reasons.append(
            Sentence(
                "Network %(network)s is not one of: %(known)s.",
                network=one.network, known=", ".join(sorted(mine.networks)),
            )
        )  # fmt: skip
    if mine.places and (one.place or "").lower() not in mine.places:
        reasons.append(
            Sentence("Place %(place)s is not in the territory.", place=one.place)
            if one.place
            else Sentence("Where they live is not known, and the territory names places.")
        )
    if not one.meets >> mine.standard & 1:
        threshold, fresh_days = build.details["standards"][mine.standard]
        warm = f"{threshold:.2f}"
        reasons.append(
            Sentence(
                "The quota asks for a warmth of %(warmth)s and news within %(days)s days.",
                warmth=warm, days=fresh_days,
            )
            if fresh_days
            else Sentence("The quota asks for a warmth of %(warmth)s.", warmth=warm)
        )  # fmt: skip
    return reasons


def _warmth_for(price: float, one: Candidate) -> str:
    """What warmth would reach a price in the person's own band of fit; see value_of_prospect."""
    band = int(3 * one.value)
    share = 3 * price - band
    if share >= 1:
        return Sentence("A better fit: no warmth makes up for it.")
    return Sentence("A warmth over %(warmth)s.", warmth=f"{share / (1 - share):.2f}")
