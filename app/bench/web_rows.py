"""A workspace of made-up people for the benchmark of the pages: reps with 50 people listed each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from app.access.sessions import open_session
from app.access.users import create_user
from app.bootstrap import PAGES_CACHE_MB, Workspace
from app.web.door import COOKIE
from config.settings import Settings, read_defaults
from models import (
    Account,
    Assignment,
    DailyList,
    Evidence,
    Keyword,
    Match,
    Person,
    Prospect,
    Quota,
    Rep,
    Signal,
    StoredScore,
    Team,
    Topic,
)
from models.database import Database

ROWS: Final = 50
_WORDS: Final = (
    "Leaving my employer in January with an old plan. Which account should I choose for the "
    "rollover? I would rather ask someone now than undo a mistake in April."
)
_CODES: Final = ("cue.asks_which", "cue.leaves_employer", "kind.comment")


@dataclass(frozen=True)
class Doors:
    """Cookies of browsers that are signed in."""

    of_rep: dict[int, str]
    of_admin: str


def open_bench(home: Path, *, doors: str = "open") -> Workspace:
    """The workspace in ``home``."""
    values: dict[str, Any] = dict(read_defaults())
    values["importing"] = values.pop("import")
    values["web"] = values["web"] | {"doors": doors, "requests_per_minute": 0}
    db = Database(f"sqlite:///{home / 'warmlist.db'}", cache_mb=PAGES_CACHE_MB)
    return Workspace(Settings(home=home, **values), db)


def fill_reps(home: Path, *, reps: int, now: datetime) -> dict[int, list[int]]:
    """``reps`` reps with ``ROWS`` open people each; returns their assignments in order."""
    workspace = open_bench(home)
    workspace.db.migrate()
    listed: dict[int, list[int]] = {}
    with workspace.db.write() as session:
        team = Team(name="Bench", time_zone="UTC", first_weekday=0, weekend=[], created_at=now)
        topic = Topic(
            name="IRA rollover", languages=["en"], half_life_hours=168.0, window_days=30.0,
            created_at=now, updated_at=now,
        )  # fmt: skip
        topic.keywords.append(
            Keyword(role="keyword", phrase="rollover", folded="rollover", created_at=now)
        )
        session.add_all([team, topic])
        session.flush()
        today = now.date()
        for number in range(reps):
            rep = Rep(team_id=team.id, name=f"Rep {number}", created_at=now)
            session.add(rep)
            session.flush()
            session.add(
                Quota(
                    rep_id=rep.id, activity="engaged_contact", target=250, period="week",
                    threshold=1.0, starts_on=today - timedelta(days=30), ends_on=None,
                    created_at=now,
                )
            )  # fmt: skip
            session.add(
                DailyList(
                    rep_id=rep.id, listed_on=today, wanted=ROWS, shortfall=0, seed=0,
                    shortfall_reason=None, content_hash="0" * 64, details={}, built_at=now,
                )
            )  # fmt: skip
            persons = [Person(created_at=now) for _ in range(ROWS)]
            session.add_all(persons)
            session.flush()
            rows = [_make(person.id, topic.id, now, place) for place, person in enumerate(persons)]
            session.add_all([account for account, _, _ in rows])
            session.add_all([prospect for _, prospect, _ in rows])
            session.flush()
            for account, _, signals in rows:
                for signal in signals:
                    signal.account_id = account.id
                session.add_all(signals)
            session.flush()
            items = []
            for place, (account, prospect, signals) in enumerate(rows):
                session.add(
                    Match(
                        signal_id=signals[0].id, keyword_id=topic.keywords[0].id,
                        topic_id=topic.id, start=87, end=95,
                    )
                )  # fmt: skip
                session.add(
                    StoredScore(
                        signal_id=signals[0].id, topic_id=topic.id, scorer_version="rules-1",
                        intents={}, relevance=0.9, prospect=0.8, scored_at=now,
                        reasons=[["cue.asks_which", 1.0, 48, 81]],
                    )
                )  # fmt: skip
                reasons = []
                for signal, code in zip(signals, _CODES, strict=True):
                    session.add(
                        Evidence(
                            prospect_id=prospect.id, signal_id=signal.id, points=1.4, code=code,
                            occurred_at=signal.occurred_at, weight=1.5, intent=0.95,
                        )
                    )  # fmt: skip
                    reasons.append({"hundredths": 140, "code": code, "signal": signal.id})
                items.append(
                    Assignment(
                        rep_id=rep.id, person_id=account.person_id, topic_id=topic.id,
                        signal_id=signals[0].id, listed_on=today, rank=place + 1, warmth=4.2,
                        reasons=reasons, assigned_at=now,
                    )
                )  # fmt: skip
            session.add_all(items)
            session.flush()
            listed[rep.id] = [item.id for item in items]
    workspace.db.close()
    return listed


def sign_in_everybody(workspace: Workspace, *, now: datetime) -> Doors:
    """A browser for every rep, and one for an admin."""
    settings = workspace.settings.access
    with workspace.db.write() as session:
        cookies = {}
        for rep_id in session.scalars(select(Rep.id).order_by(Rep.id)):
            user = create_user(
                session, email=f"rep{rep_id}@example.org", name=f"Rep {rep_id}", role="rep",
                password_hash=None, rep_id=rep_id, now=now,
            )  # fmt: skip
            cookies[rep_id] = f"{COOKIE}={open_session(session, user, now=now, settings=settings)}"
        admin = create_user(
            session, email="admin@example.org", name="Admin", role="admin", password_hash=None,
            now=now,
        )  # fmt: skip
        token = open_session(session, admin, now=now, settings=settings)
    return Doors(cookies, f"{COOKIE}={token}")


def _make(
    person_id: int, topic_id: int, now: datetime, place: int
) -> tuple[Account, Prospect, list[Signal]]:
    name = f"sample_{person_id}"
    at = now - timedelta(minutes=30 + place)
    account = Account(
        person_id=person_id, network="reddit", external_id=name, handle=name, first_seen_at=now
    )
    prospect = Prospect(person_id=person_id, topic_id=topic_id, warmth_key=1.0, newest_at=at)
    signals = [
        Signal(
            network="reddit", kind="comment", external_id=f"{name}:{part}", text=_WORDS,
            url=f"https://example.org/r/sample/{person_id}", community="r/sample", language="en",
            metrics={}, occurred_at=at - timedelta(hours=5 * part), observed_at=at, scored_at=at,
        )
        for part in range(len(_CODES))
    ]  # fmt: skip
    return account, prospect, signals
