"""Small objects for tests, each with only what the test does not care about filled in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from config.settings import ListSettings, TopicSettings, WarmthSettings, read_defaults
from models import (
    Account,
    Assignment,
    Evidence,
    Keyword,
    Match,
    Person,
    Prospect,
    Quota,
    Rep,
    Signal,
    Team,
    Territory,
    Topic,
)
from prospects.warmth import add_keys, key_of
from signals.collectors.contract import Author, Engagement, Flag, Kind
from signals.text import fold

_numbers = itertools.count(1)


@cache
def list_settings(**changes: Any) -> ListSettings:
    return ListSettings(**(read_defaults()["lists"] | changes))


@cache
def topic_settings() -> TopicSettings:
    return TopicSettings(**read_defaults()["topic"])


@cache
def warmth_settings() -> WarmthSettings:
    return WarmthSettings(**read_defaults()["warmth"])


def make_engagement(
    external_id: str,
    text: str | None = "retirement planning?",
    *,
    at: datetime,
    author: str = "ann",
    handle: str | None = None,
    kind: Kind = Kind.POST,
    target: str | None = None,
    network: str = "bluesky",
    flags: Sequence[Flag] = (),
    **more: Any,
) -> Engagement:
    return Engagement(
        network=network, external_id=external_id, kind=kind,
        author=Author(author, handle if handle is not None else author),
        text=text, url=f"https://n.example/{external_id}", occurred_at=at,
        target_external_id=target, flags=frozenset(flags), **more,
    )  # fmt: skip


def make_topic(
    session: Session,
    *,
    at: datetime,
    name: str = "Retirement",
    keywords: Sequence[str] = ("retirement planning",),
    exclusions: Sequence[str] = (),
    languages: Sequence[str] = (),
    half_life_hours: float = 168,
    window_days: float = 30,
) -> Topic:
    topic = Topic(
        name=name, languages=list(languages), half_life_hours=half_life_hours,
        window_days=window_days, created_at=at, updated_at=at,
    )  # fmt: skip
    for role, phrases in (("keyword", keywords), ("exclusion", exclusions)):
        for phrase in phrases:
            topic.keywords.append(
                Keyword(role=role, phrase=phrase, folded=fold(phrase), created_at=at)
            )
    session.add(topic)
    session.flush()
    return topic


def make_person(session: Session, name: str, *, at: datetime, network: str = "bluesky") -> Person:
    person = Person(created_at=at)
    session.add(person)
    session.flush()
    session.add(
        Account(
            person_id=person.id, network=network, external_id=name, handle=name, first_seen_at=at
        )
    )
    session.flush()
    return person


def make_prospect(
    session: Session,
    topic: Topic,
    name: str,
    *evidence: tuple[float, datetime],
    language: str | None = "en",
    network: str = "bluesky",
    person: Person | None = None,
) -> Prospect:
    """A person with one signal per (points, when), ranked by them."""
    person = person or make_person(session, name, at=evidence[0][1], network=network)
    account = session.query(Account).filter_by(person_id=person.id).first()
    assert account is not None
    half_life = timedelta(hours=topic.half_life_hours)
    prospect = Prospect(
        person_id=person.id, topic_id=topic.id,
        warmth_key=add_keys(key_of(points, at, half_life) for points, at in evidence),
        newest_at=max(at for _, at in evidence),
    )  # fmt: skip
    session.add(prospect)
    session.flush()
    for number, (points, at) in enumerate(evidence):
        signal = Signal(
            network=network, kind="post", external_id=f"{name}-{topic.name}-{number}",
            account_id=account.id, text="retirement planning, please help",
            url=f"https://n.example/{name}/{number}", language=language, metrics={},
            occurred_at=at, observed_at=at, scored_at=at,
        )  # fmt: skip
        session.add(signal)
        session.flush()
        session.add(
            Match(
                signal_id=signal.id, keyword_id=topic.keywords[0].id, topic_id=topic.id,
                start=0, end=19,
            )
        )  # fmt: skip
        session.add(
            Evidence(
                prospect_id=prospect.id, signal_id=signal.id, points=points,
                code="cue.asks_which", occurred_at=at,
            )
        )  # fmt: skip
    session.flush()
    return prospect


def make_team(
    session: Session,
    *,
    at: datetime,
    name: str = "North",
    time_zone: str = "UTC",
    first_weekday: int = 0,
    weekend: Sequence[int] = (5, 6),
) -> Team:
    team = Team(
        name=name, time_zone=time_zone, first_weekday=first_weekday, weekend=list(weekend),
        created_at=at,
    )  # fmt: skip
    session.add(team)
    session.flush()
    return team


def make_rep(
    session: Session,
    team: Team,
    name: str,
    *,
    at: datetime,
    target: int | None = 25,
    period: str = "week",
    threshold: float = 0.5,
    territory: Mapping[str, Sequence[str]] | None = None,
) -> Rep:
    rep = Rep(team_id=team.id, name=name, created_at=at)
    for kind, values in (territory or {}).items():
        rep.territory.extend(Territory(kind=kind, value=value) for value in values)
    session.add(rep)
    session.flush()
    if target is not None:
        session.add(
            Quota(
                rep_id=rep.id, activity="engaged_contact", target=target, period=period,
                threshold=threshold, starts_on=date(2000, 1, 1), created_at=at,
            )
        )  # fmt: skip
    session.flush()
    session.refresh(rep)
    return rep


def make_assignment(
    session: Session,
    rep: Rep,
    prospect: Prospect,
    *,
    at: datetime,
    on: date | None = None,
    warmth: float = 2.0,
) -> Assignment:
    evidence = session.query(Evidence).filter_by(prospect_id=prospect.id).first()
    assert evidence is not None
    assignment = Assignment(
        rep_id=rep.id, person_id=prospect.person_id, topic_id=prospect.topic_id,
        signal_id=evidence.signal_id, listed_on=on or at.date(), rank=next(_numbers),
        warmth=warmth, assigned_at=at,
        reasons=[{"hundredths": round(warmth * 100), "code": "cue.asks_which",
                  "signal": evidence.signal_id}],
    )  # fmt: skip
    session.add(assignment)
    session.flush()
    return assignment


def let_rewrite(session: Session) -> None:
    """Let a test arrange a past in its own database, which is otherwise only added to."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    for table in ("touches", "quotas"):
        for verb in ("delete", "update"):
            on = "" if is_sqlite else f" ON {table}"
            session.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{on}"))
