"""A small workspace of invented people for tests of the pages; rows are written directly."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from config.settings import Settings, read_defaults
from models import (
    Account,
    Assignment,
    Community,
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
    Touch,
)
from models.database import Database
from signals.text import fold

#: A Wednesday, 14:36 in New York.
NOW = datetime(2026, 11, 25, 19, 36, tzinfo=UTC)
TODAY = date(2026, 11, 25)


@dataclass(frozen=True)
class Post:
    """One invented person with one post; marked phrases stand in brackets."""

    handle: str
    words: str
    language: str = "en"
    network: str = "reddit"
    community: str | None = "r/sample_retirement"
    kind: str = "comment"
    minutes: int = 125
    url: str | None = "https://example.org/r/sample/1"
    reasons: tuple[tuple[int, str], ...] = ((210, "cue.asks_which"), (140, "cue.leaves_employer"))


POSTS = (
    Post(
        "sample_harborlight",
        "Leaving my employer in January with an old 401(k). [Which IRA should I choose] for the "
        "[rollover], traditional or Roth? I would rather ask someone now than undo a mistake in "
        "April.",
        reasons=((210, "cue.asks_which"), (140, "cue.leaves_employer"), (70, "kind.comment")),
    ),
    Post(
        "sample_fernridge",
        "Offered a [lump sum or the annuity], 60 days. Whom do I [ask about this]?",
        network="hackernews", community=None, minutes=196,
        reasons=((250, "cue.asks_advice"), (137, "kind.post")),
    ),
    Post(
        "sample_mapleandlime",
        "Does an [in-service rollover] make sense at 59, or do I wait until I have left?",
        network="bluesky", community=None, minutes=292, reasons=((341, "cue.question"),),
    ),
    Post(
        "sample_tidepool",
        "بلغتُ الخمسين الشهر الماضي، [كيف أزيد اشتراكي] إن كان لديّ صندوقان؟",
        language="ar", network="bluesky", community=None, minutes=1230,
        reasons=((281, "cue.asks_recommendation"),),
    ),
    Post(
        "sample_oldorchard",
        "[Five questions before you take the lump sum]",
        network="x", community=None, kind="like", minutes=1310,
        reasons=((180, "kind.like"), (82, "rest")),
    ),
    Post(
        "sample_papertrail",
        "Three [old 401(k)s], one spreadsheet. [Can I move all of them] in one go?",
        minutes=2600, reasons=((222, "cue.question"),),
    ),
)  # fmt: skip


#: Those contacted, the latest last.
_WORKED = (
    "quietharvest", "northquay", "slatebridge", "longmeadow", "greylag", "copperkettle",
    "tallship", "stonebridge",
)  # fmt: skip


def open_small_workspace(home: Path, doors: str = "open") -> Workspace:
    """An empty, migrated workspace in ``home``."""
    values: dict[str, Any] = dict(read_defaults())
    values["importing"] = values.pop("import")
    values["web"] = values["web"] | {"doors": doors}
    values["access"] = values["access"] | {"argon2_kib": 8, "argon2_rounds": 1}
    settings = Settings(home=home, **values)
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(_migrated(), home / "warmlist.db")
    return Workspace(settings, Database(f"sqlite:///{home / 'warmlist.db'}"))


@cache
def _migrated() -> Path:
    """A migrated database to copy: migrating takes a second, copying none."""
    path = Path(tempfile.mkdtemp(prefix="warmlist-pages-")) / "empty.db"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    db = Database(f"sqlite:///{path}")
    db.migrate()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path


def fill(
    session: Session,
    *,
    now: datetime = NOW,
    posts: tuple[Post, ...] = POSTS,
    target: int = 10,
    earlier: int = 3,
    done: int = 2,
    zone: str = "America/New_York",
    rep_name: str = "Noor",
) -> Rep:
    """One team with two reps, two topics, ``posts`` on the first rep's list of today.

    ``earlier`` contacts were counted on the days before and ``done`` today.
    """
    team = Team(name="Sample team", time_zone=zone, first_weekday=0, weekend=[5, 6], created_at=now)
    rep = Rep(team=team, name=rep_name, created_at=now)
    other = Rep(team=team, name="Ines", created_at=now)
    topic = Topic(
        name="IRA rollover", languages=["en"], half_life_hours=168.0, window_days=30.0,
        created_at=now - timedelta(days=60), updated_at=now - timedelta(days=7),
    )  # fmt: skip
    arabic = Topic(
        name="التخطيط للتقاعد", languages=["ar"], half_life_hours=168.0, window_days=30.0,
        created_at=now - timedelta(days=60), updated_at=now - timedelta(days=7),
    )  # fmt: skip
    for owner, phrases in (
        (topic, ("rollover", "old 401(k)", "lump sum", "which IRA", "which")),
        (arabic, ("التخطيط للتقاعد", "صندوقان")),
    ):
        for phrase in phrases:
            owner.keywords.append(
                Keyword(role="keyword", phrase=phrase, folded=fold(phrase), created_at=now)
            )
    topic.keywords.append(
        Keyword(role="exclusion", phrase="link in bio", folded="link in bio", created_at=now)
    )
    topic.communities.append(Community(network="reddit", name="r/sample_retirement"))
    session.add_all([team, rep, other, topic, arabic])
    session.flush()
    day = now.astimezone(UTC).date()
    session.add(
        Quota(
            rep_id=rep.id, activity="engaged_contact", target=target, period="week",
            threshold=1.0, starts_on=day - timedelta(days=60), ends_on=None, created_at=now,
        )
    )  # fmt: skip
    for index in range(earlier + done):
        before = index < earlier
        name = _WORKED[-1 - index % len(_WORKED)] + (str(index) if before else "")
        post = Post(f"sample_{name}", "Is a [rollover] worth it?", minutes=3000 + index)
        since = timedelta(minutes=2 + 22 * (earlier + done - 1 - index))
        at = now - (timedelta(days=1 + index % 2, hours=2) if before else since)
        on = day - timedelta(days=1 + index % 2) if before else day
        assignment = add_listed(session, post, topic, rep, on, now, rank=40 + index)
        add_touch(
            session, assignment, at, "call" if (earlier + done - index) % 2 == 0 else "message"
        )
    for rank, post in enumerate(posts, start=1):
        owner = arabic if post.language == "ar" else topic
        add_listed(session, post, owner, rep, day, now, rank=rank)
    session.add(
        DailyList(
            rep_id=rep.id, listed_on=day, wanted=len(posts) + done, shortfall=0,
            shortfall_reason=None, seed=0, content_hash="0" * 64, details={}, built_at=now,
        )
    )  # fmt: skip
    session.flush()
    return rep


def add_listed(
    session: Session, post: Post, topic: Topic, rep: Rep, on: date, now: datetime, *, rank: int
) -> Assignment:
    """A person, their post, its score and place on a list."""
    text, marks = _unmark(post.words)
    at = now - timedelta(minutes=post.minutes)
    person = Person(created_at=now)
    session.add(person)
    session.flush()
    account = Account(
        person_id=person.id, network=post.network, external_id=f"id:{post.handle}",
        handle=post.handle, first_seen_at=now,
    )  # fmt: skip
    session.add(account)
    session.flush()
    prospect = Prospect(person_id=person.id, topic_id=topic.id, warmth_key=1.0, newest_at=at)
    session.add(prospect)
    wordless = post.kind in {"like", "repost"}
    quoted = _signal(post, account, at, "post" if wordless else post.kind, text, "t")
    session.add(quoted)
    shown = quoted
    if wordless:
        shown = _signal(post, account, at, post.kind, None, "l")
        shown.target_external_id = quoted.external_id
        session.add(shown)
    session.flush()
    keyword = topic.keywords[0]
    if marks:
        session.add(
            Match(
                signal_id=quoted.id, keyword_id=keyword.id, topic_id=topic.id,
                start=marks[-1][0], end=marks[-1][1],
            )
        )  # fmt: skip
    session.add(
        StoredScore(
            signal_id=quoted.id, topic_id=topic.id, scorer_version="rules-1", intents={},
            relevance=0.9, prospect=0.8, scored_at=now,
            reasons=[["cue.asks_which", 1.0, start, end] for start, end in marks],
        )
    )  # fmt: skip
    reasons = []
    for index, (hundredths, code) in enumerate(post.reasons):
        signal_id = shown.id
        if index:
            extra = _signal(
                post, account, at - timedelta(days=2 * index), "comment", "x", f"e{index}"
            )
            session.add(extra)
            session.flush()
            signal_id = extra.id
        session.add(
            Evidence(
                prospect_id=prospect.id, signal_id=signal_id, points=hundredths / 100, code=code,
                occurred_at=at - timedelta(days=2 * index),
            )
        )  # fmt: skip
        listed = None if code == "rest" else signal_id
        reasons.append({"hundredths": hundredths, "code": code, "signal": listed})
    assignment = Assignment(
        rep_id=rep.id, person_id=person.id, topic_id=topic.id, signal_id=shown.id, listed_on=on,
        rank=rank, warmth=sum(h for h, _ in post.reasons) / 100, reasons=reasons, assigned_at=at,
    )  # fmt: skip
    session.add(assignment)
    session.flush()
    return assignment


def add_touch(
    session: Session,
    assignment: Assignment,
    at: datetime,
    channel: str = "message",
    disposition: str = "contacted",
) -> Touch:
    """A recorded contact that closed its assignment."""
    touch = Touch(
        assignment_id=assignment.id, rep_id=assignment.rep_id, person_id=assignment.person_id,
        channel=channel, disposition=disposition, note=None, occurred_at=at, recorded_at=at,
        idempotency_key=f"seed:{assignment.id}",
    )  # fmt: skip
    assignment.closed_at, assignment.closed_reason = at, "touched"
    session.add(touch)
    session.flush()
    return touch


def _signal(
    post: Post, account: Account, at: datetime, kind: str, text: str | None, suffix: str
) -> Signal:
    return Signal(
        network=post.network, kind=kind, external_id=f"{post.handle}:{suffix}",
        account_id=account.id, text=text, url=post.url, community=post.community,
        language=post.language, metrics={}, occurred_at=at, observed_at=at, scored_at=at,
    )  # fmt: skip


def _unmark(words: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its brackets, and where they stood."""
    text, marks, start = "", [], 0
    for character in words:
        if character == "[":
            start = len(text)
        elif character == "]":
            marks.append((start, len(text)))
        else:
            text += character
    return text, marks
