"""The sample workspace: invented people, the real pipeline."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date, datetime, timedelta
from importlib.resources import as_file, files
from typing import Any

from sqlalchemy import func, select

from app.bootstrap import Workspace, read_clock, send_logs_to_stderr
from app.importing import ImportOrder, ImportResult, run_import
from app.jobs import build_all_lists, index_posts
from config.errors import Refused
from config.settings import load_settings
from models import Assignment, Rep, Signal, Team, Topic, WorkspaceValue
from models.database import Database
from models.upsert import insert_ignore
from prospects.tuning import load_weights
from quotas.attainment import calendar_of
from quotas.calendars import WEEKDAYS, Calendar
from quotas.staff import create_rep, create_team, set_quota
from quotas.touches import record_touch
from signals.catalog import create_topic
from signals.retention import mark_invented

_PAST_DAYS = 2  # working days of this week that the sample reps have behind them
# What came of the sample reps' attempts, in turn: a mix that fills every state.
_OUTCOMES = (
    ("message", "contacted"), ("call", "no_answer"), ("message", "replied"), ("email", "contacted"),
    ("message", "contacted"), ("call", "meeting"), ("message", "not_relevant"),
    ("email", "replied"),
)  # fmt: skip


def prepare_demo(*, fresh: bool) -> tuple[Workspace, dict[str, Any]]:
    """The sample workspace, made if it is not there; never a workspace with real data in it.

    It lies beside the real one, in ``WARMLIST_HOME/demo``.
    """
    send_logs_to_stderr()
    settings = load_settings()
    home = settings.home / "demo"
    if fresh and home.exists():
        shutil.rmtree(home)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(
            "The sample workspace %(home)s cannot be made: %(strerror)s.",
            "Set WARMLIST_HOME to a folder you may write to.",
            home=home,
            strerror=error.strerror,
        ) from error
    settings = settings.model_copy(update={"home": home, "database_url": None})
    workspace = Workspace(settings, Database(settings.url))
    workspace.db.migrate()
    now = read_clock()
    with workspace.db.read() as session:
        reused = session.scalar(select(func.count()).select_from(Team)) or 0
    imported: ImportResult | None = None
    if not reused:
        _create_staff_and_topics(workspace, now)
        imported = _import_community(workspace)
        _work_earlier_days(workspace, now)
    build_all_lists(workspace, on=None, now=read_clock())
    return workspace, _summary(workspace, imported)


def _create_staff_and_topics(workspace: Workspace, now: datetime) -> None:
    sample = tomllib.loads(
        files("app.sample").joinpath("workspace.toml").read_text(encoding="utf-8")
    )
    # Whatever the day is, the sample week has begun two days ago and has two more working days,
    # so that there is something behind and something ahead.
    today = now.date().weekday()
    week = [(today - _PAST_DAYS + offset) % 7 for offset in range(7)]
    with workspace.db.write() as session:
        insert_ignore(session, WorkspaceValue, [{"key": "sample", "value": "yes"}])
        for team in sample["team"]:
            made = create_team(
                session,
                name=team["name"],
                time_zone="UTC",
                first_weekday=WEEKDAYS[week[0]],
                weekend=[WEEKDAYS[day] for day in week[5:]],
                now=now,
            )
            for rep in team["rep"]:
                row = create_rep(
                    session, made, name=rep["name"], languages=rep["languages"], now=now
                )
                set_quota(
                    session,
                    row,
                    target=rep["quota"],
                    per="week",
                    threshold=workspace.settings.lists.threshold,
                    now=now,
                )
        for topic in sample["topic"]:
            create_topic(
                session,
                name=topic["name"],
                description=topic["description"],
                keywords=topic["keywords"],
                exclusions=topic["exclusions"],
                languages=topic["languages"],
                communities=topic["communities"],
                defaults=workspace.settings.topic,
                now=now,
            )


def _import_community(workspace: Workspace) -> ImportResult:
    from signals.scoring.load import load_scorer

    # all that passes by is kept: the sample is small, and the studio tries drafts on it
    with as_file(files("app.sample").joinpath("passing.jsonl")) as path:
        run_import(workspace, ImportOrder(str(path), archive_share=1.0), scorer=load_scorer)
    with as_file(files("app.sample").joinpath("community.jsonl")) as path:
        order = ImportOrder(str(path), archive_share=1.0)
        imported = run_import(workspace, order, scorer=load_scorer)
    with workspace.db.write() as session:
        mark_invented(session)
    index_posts(workspace)
    return imported


def _work_earlier_days(workspace: Workspace, now: datetime) -> None:
    """Earlier days of the week, through the same code that reps and mornings use."""
    turn = 0
    for back in range(_PAST_DAYS, 0, -1):
        day = now.date() - timedelta(days=back)
        with workspace.db.read() as session:
            calendar = calendar_of(session.scalars(select(Team)).one())
        # on the day itself: a list built for a day gone by holds nobody
        build_all_lists(workspace, on=day, now=calendar.start_of(day) + timedelta(hours=8))
        with workspace.db.write() as session:
            for assignment in session.scalars(
                select(Assignment)
                .join(Rep, Rep.id == Assignment.rep_id)
                .where(Assignment.listed_on == day, Assignment.closed_at.is_(None))
                .order_by(Rep.name, Assignment.rank)
            ):
                channel, disposition = _OUTCOMES[turn % len(_OUTCOMES)]
                turn += 1
                record_touch(
                    session,
                    assignment.id,
                    channel=channel,
                    disposition=disposition,
                    idempotency_key=f"sample:{assignment.id}",
                    now=_moment(calendar, day, turn),
                    weights=load_weights(session, workspace.settings.warmth),
                )


def _moment(calendar: Calendar, day: date, turn: int) -> datetime:
    return calendar.start_of(day) + timedelta(hours=9, minutes=7 * (turn % 60))


def _summary(workspace: Workspace, imported: ImportResult | None) -> dict[str, Any]:
    with workspace.db.read() as session:
        today = calendar_of(session.scalars(select(Team)).one()).today(read_clock())
        lists = session.execute(
            select(Rep.name, func.count(Assignment.id))
            .join(Assignment, Assignment.rep_id == Rep.id)
            .where(Assignment.closed_at.is_(None), Assignment.listed_on <= today)
            .group_by(Rep.name)
            .order_by(Rep.name)
        ).all()
        signals = session.scalar(select(func.count()).select_from(Signal)) or 0
        topics = session.scalars(select(Topic.name).order_by(Topic.id)).all()
    lines = [f"Sample workspace: {workspace.home}"]
    if imported is not None:
        lines.append(
            f"{imported.read} engagements read, {imported.stored} stored,"
            f" {imported.suppressed} dropped as sensitive or opted out"
        )
    else:
        lines.append("It was there already and is used again (warmlist demo --fresh starts anew)")
    lines.append(f"{signals} signals on {' and '.join(topics)}")
    lines += [f"{name}: {count} to contact today" for name, count in lists]
    return {
        "home": str(workspace.home),
        "reused": imported is None,
        "signals": signals,
        "topics": list(topics),
        "lists": {row[0]: row[1] for row in lists},
        "imported": imported.as_json() if imported is not None else None,
        "lines": lines,
    }
