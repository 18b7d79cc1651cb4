"""The steps of the pipeline as jobs: each opens its own sessions and can be repeated."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.access.mails import purge_mails
from app.access.sessions import purge_sessions
from app.bootstrap import Workspace
from app.identities import judge_authors, rank_anew, settle_page
from app.tuning import apply_fit
from models import Team
from models.database import Database
from prospects.refresh import (
    Pending,
    load_pending,
    mark_pending,
    place_pending,
    store_scores,
)
from prospects.suppress import drop_suppressed
from prospects.tuning import load_weights, note_configuration
from quotas.assign import BuiltList, build_lists
from quotas.attainment import calendar_of
from quotas.audits import audited_reps, draw_audits
from quotas.flags import flag_touches, limits_of
from quotas.periods import Period, bounds
from signals.archive import index_new
from signals.collectors.contract import Page
from signals.fingerprints import purge_fingerprints
from signals.ingest import store_page
from signals.listening import Counts, Listener, load_languages, load_phrases
from signals.quarantine import purge_quarantine
from signals.retention import purge_kept, purge_names, purge_runs, purge_texts
from signals.scoring.contract import Score, Scorer
from signals.scoring.own import judge
from signals.tombstones import purge_archive, purge_tombstones
from signals.topics import Matcher

_SCORE_BATCH = 1000  # signals read, scored and stored at a time: bounds memory, not speed


def build_listener(workspace: Workspace, *, archive: bool = False) -> Listener:
    """What engagements are held against now; keywords are read once per run."""
    from signals.language import detect  # loads nothing until it is first asked

    with workspace.db.read() as session:
        phrases, languages = load_phrases(session), load_languages(session)
    share = workspace.settings.collect.archive_share if archive else 0.0
    return Listener(Matcher(phrases), languages, detect, share)


def store_brought(workspace: Workspace, listener: Listener, page: Page, *, now: datetime) -> Counts:
    """Match a page, store it in one transaction, and rank anew who lost evidence by it."""
    selection = listener.select(page.engagements)
    with workspace.db.write() as session:
        counts, affected = store_page(session, selection, page.deletions, now=now)
        settle_page(session, workspace, counts, affected, now=now)
    counts.malformed += len(page.malformed)
    return counts


def score_pending(
    workspace: Workspace,
    scorer: Scorer,
    *,
    clock: Callable[[], datetime],
    advance: Callable[[int], None] | None = None,
) -> int:
    """Score every signal that waits, and move the ranks; returns how many signals.

    Reading, scoring and writing are three steps, so that no transaction is open while scoring.
    """
    total = 0
    spare_collector()
    for pending in _batches(workspace.db):
        judged = [one for one in pending if one.topic_id]
        interest = workspace.settings.scoring.own_interest
        scores = judge(scorer, [one.input for one in judged], interest=interest)
        by_pending = dict(zip(map(id, judged), scores, strict=True))
        marks, places = mark_pending(judged), place_pending(judged)
        with workspace.db.write() as session:
            note_configuration(session, workspace.settings.warmth, now=clock())
            store_scores(
                session,
                [(one, by_pending.get(id(one), _NO_SCORE)) for one in pending],
                scorer_version=scorer.version,
                weights=load_weights(session, workspace.settings.warmth),
                now=clock(),
                marks=marks,
                places=places,
            )
        done = len({one.signal_id for one in pending})
        judge_authors(workspace, judged, clock=clock)
        total += done
        if advance is not None:
            advance(done)
    return total


def spare_collector() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    Libraries and classifier stay until the end; walking them again and again while rows come and
    go took a fifth of the time of an import.
    """
    gc.collect()
    gc.freeze()


def is_pending(workspace: Workspace) -> bool:
    """Whether any signal waits for its score; asked before a scorer is loaded, which takes long."""
    with workspace.db.read() as session:
        return bool(load_pending(session, limit=1))


_NO_SCORE = Score({}, 0.0, 0.0)


def _batches(db: Database) -> Iterator[list[Pending]]:
    while True:
        with db.read() as session:
            pending = load_pending(session, limit=_SCORE_BATCH)
        if not pending:
            return
        yield pending


@dataclass(frozen=True, slots=True)
class TeamBuild:
    """What building one team's lists came to."""

    team: str
    on: date
    lists: tuple[BuiltList, ...]


def build_all_lists(
    workspace: Workspace, *, on: date | None, now: datetime, seed: int = 0
) -> list[TeamBuild]:
    """Build every team's lists for ``on``, or for the team's own today. One transaction a team."""
    with workspace.db.read() as session:
        team_ids = session.scalars(select(Team.id).order_by(Team.id)).all()
    return [build_team_lists(workspace, one, on=on, now=now, seed=seed) for one in team_ids]


def build_team_lists(
    workspace: Workspace, team_id: int, *, on: date | None, now: datetime, seed: int = 0
) -> TeamBuild:
    """Build one team's lists for ``on``, or for its own today, in one transaction.

    Bands of fit that a topic's change left behind are renewed first.
    """
    apply_fit(workspace)
    with workspace.db.write() as session:
        team = session.get_one(Team, team_id)
        day = on or calendar_of(team).today(now)
        lists = build_lists(
            session, team, day, now=now, settings=workspace.settings.lists, seed=seed
        )
        return TeamBuild(team.name, day, tuple(lists))


def flag_team(workspace: Workspace, team_id: int, *, now: datetime) -> int:
    """Hold a team's touches against the rules for implausible ones; returns how many flags are new.

    One transaction; it reads a quarter of touches and scores nothing.
    """
    limits = limits_of(workspace.settings.honesty)
    with workspace.db.write() as session:
        return flag_touches(session, session.get_one(Team, team_id), now=now, limits=limits)


def draw_team_audits(workspace: Workspace, team_id: int, *, now: datetime) -> None:
    """Draw each rep's sample of the quarter that held the team's yesterday, in one transaction.

    So a quarter's last draw is on the first day of the next. For a month the quarter before is
    completed too: the server may have stood still that day.
    """
    limits = limits_of(workspace.settings.honesty)
    with workspace.db.write() as session:
        team = session.get_one(Team, team_id)
        yesterday = calendar_of(team).today(now) - timedelta(days=1)
        days = (yesterday - timedelta(days=31), yesterday)
        for start in sorted({bounds(Period.QUARTER, day, 0)[0] for day in days}):
            draw_audits(session, audited_reps(session, team, start), start, now=now, limits=limits)


def index_posts(workspace: Workspace) -> int:
    """Index what was stored since for the topic studio, in short transactions; returns how many."""
    total = 0
    while True:
        with workspace.db.write() as session:
            added = index_new(session)
        if not added:
            return total
        total += added


def purge(workspace: Workspace, *, now: datetime) -> int:
    """Drop what may not be kept longer; returns the number of archived posts that went."""
    collect = workspace.settings.collect
    with workspace.db.write() as session:
        gone = purge_archive(
            session, now=now, days=collect.archive_days, rows=collect.archive_rows,
            judged_days=collect.judged_days,
        )  # fmt: skip
        purge_quarantine(session, now=now, rows=collect.payload_rows)
        purge_runs(session, now=now, days=collect.run_days)
        purge_tombstones(session, now=now)
        purge_fingerprints(session, now=now, days=workspace.settings.duplicates.window_days)
        purge_sessions(session, now=now, settings=workspace.settings.access)
        purge_mails(session, now=now)
    more = 1
    while more:
        with workspace.db.write() as session:
            more, affected = purge_kept(session, now=now)
            weights = load_weights(session, workspace.settings.warmth)
            rank_anew(session, sorted(affected), weights=weights, now=now)
    with workspace.db.read() as session:
        longest = session.scalar(select(func.max(Team.undo_minutes))) or 0
    undo = timedelta(minutes=max(longest, workspace.settings.lists.undo_minutes))
    while True:
        with workspace.db.write() as session:
            if not drop_suppressed(session, now=now, undo=undo):
                break
    for drop in (purge_texts, purge_names):
        while True:
            with workspace.db.write() as session:
                if not drop(session, now=now):
                    break
    return gone
