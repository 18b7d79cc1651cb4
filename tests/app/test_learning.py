"""What reps judged changes the scoring of their topic, only for the better, and can be undone."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select
from typer.testing import CliRunner

from app.bootstrap import Workspace
from app.cli import app
from app.jobs import score_pending
from app.label_weights import weigh_labels
from app.learning import TrainingReport, _may_teach, follow_when_due, learn_when_due, train_topics
from app.topic_scorers import history, load_topic_scorer, promote, rollback
from config.errors import Conflict, NotFound, Refused
from config.settings import Settings, load_settings
from models import (
    Account,
    Evidence,
    Label,
    Person,
    Prospect,
    Signal,
    StoredScore,
    Topic,
    TopicScorer,
)
from models.database import Database
from prospects.corrections import StandingLabel, apply_label, revoke_label
from prospects.suppress import suppress_person
from quotas.touches import record_touch
from signals.ingest import store_page
from signals.listening import Listener, load_phrases
from signals.scoring.contract import Intent, Reason, Score, ScorerInput, TopicContext
from signals.scoring.topic_stack import StackedScorer, logistic
from signals.topics import Matcher
from tests.factories import (
    make_assignment,
    make_engagement,
    make_rep,
    make_team,
    make_topic,
    warmth_settings,
)


class SureScorer:
    """Reads the logit that stands in the text; far too sure of what it says."""

    version = "sure.v1"

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        return [self._score(float(one.text.split()[-1])) for one in inputs]

    @staticmethod
    def _score(logit: float) -> Score:
        reasons = (Reason("cue.asks_which", logit),)
        return Score({Intent.SEEKING: 0.5}, 0.5, logistic(logit), reasons)


PRIOR = SureScorer()


class PlacingScorer(SureScorer):
    """Also places texts: those whose number leaves the same rest by nine stand together."""

    version = "placing.v1"

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.eye(9, dtype=np.float32)[[int(text.split()[2]) % 9 for text in texts]]


@pytest.fixture
def workspace(db: Database, tmp_path: Path, now: datetime) -> Workspace:
    """Ninety people, each with one scored post on one topic; half of them a month and more ago."""
    settings: Settings = load_settings()
    made = Workspace(settings, db)
    chance = random.Random(1)
    page = [
        make_engagement(
            str(number), f"retirement planning {number} {chance.gauss(0, 3):.2f}",
            at=now - timedelta(days=50 if number >= 70 else number % 20), author=f"p{number}",
        )
        for number in range(90)
    ]  # fmt: skip
    with db.write() as session:
        make_topic(session, at=now)
        listener = Listener(Matcher(load_phrases(session)), {})
        store_page(session, listener.select(page), (), now=now)
    score_pending(made, PRIOR, clock=lambda: now)
    return made


def judge(workspace: Workspace, now: datetime, *, slope: float, shift: float, count: int) -> None:
    """Label signals that nobody judged: the truth is ``slope`` × the prior's logit + ``shift``."""
    chance = random.Random(count)
    with workspace.db.write() as session:
        topic_id = session.scalars(select(Topic.id)).one()
        judged = set(session.scalars(select(Label.signal_id)))
        for signal in session.scalars(select(Signal).order_by(Signal.id)).all():
            if signal.id in judged or count == 0:
                continue
            count -= 1
            assert signal.text is not None
            truth = logistic(slope * float(signal.text.split()[-1]) + shift)
            apply_label(
                session, signal.id, topic_id, int(chance.random() < truth), "manager", now,
                weights=warmth_settings(),
            )  # fmt: skip


def train(workspace: Workspace, now: datetime) -> TrainingReport:
    return train_topics(workspace, PRIOR, lambda: now)[0]


def versions(workspace: Workspace) -> set[str]:
    with workspace.db.read() as session:
        return set(session.scalars(select(StoredScore.scorer_version)))


def points(workspace: Workspace) -> dict[int, float]:
    """Evidence by signal."""
    with workspace.db.read() as session:
        return {one.signal_id: one.points for one in session.scalars(select(Evidence))}


def in_force(workspace: Workspace) -> list[int]:
    rows = history(workspace)
    return [row.number for _, row in rows if row.promoted_at and row.retired_at is None]


def test_few_judgements_leave_everything_as_it_is(workspace: Workspace, now: datetime) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=49)
    report = train(workspace, now)
    assert (report.number, report.promoted, report.texts) == (None, False, 49)
    assert "learning begins at 50" in report.why
    assert history(workspace) == []
    assert load_topic_scorer(workspace, PRIOR) is PRIOR


def test_what_is_better_is_promoted_and_recent_signals_scored_anew(
    workspace: Workspace, now: datetime
) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=60)
    before = points(workspace)
    report = train(workspace, now)
    assert report.promoted, report
    assert (report.number, report.kind) == (1, "calibration")
    assert report.rescored == 70  # those within the window
    assert report.candidate["log_loss"] < report.incumbent["log_loss"]
    scorer = load_topic_scorer(workspace, PRIOR)
    assert isinstance(scorer, StackedScorer)
    assert versions(workspace) == {"sure.v1", scorer.version}
    after = points(workspace)
    with workspace.db.read() as session:
        ids = {int(one.external_id): one.id for one in session.scalars(select(Signal))}
        for prospect in session.scalars(select(Prospect)):
            evidence = session.scalars(select(Evidence).filter_by(prospect_id=prospect.id)).one()
            expected = math.log2(evidence.points) + evidence.occurred_at.timestamp() / 604800
            assert prospect.warmth_key == pytest.approx(expected, abs=1e-9)
    judged = [ids[number] for number in range(60)]
    assert {one: after.get(one) for one in judged} == {one: before.get(one) for one in judged}
    unjudged = [ids[number] for number in range(60, 70)]
    assert all(after.get(one) != before.get(one) for one in unjudged)
    old = [ids[number] for number in range(70, 90)]
    assert {one: after.get(one) for one in old} == {one: before.get(one) for one in old}
    again = train(workspace, now)
    assert (again.number, again.promoted) == (None, False)
    assert again.why == "Nothing was judged since number 1."


def test_who_must_not_be_shown_is_not_scored_anew(workspace: Workspace, now: datetime) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=60)
    with workspace.db.write() as session:
        account = session.scalars(select(Account).where(Account.external_id == "p65")).one()
        person = session.get_one(Person, account.person_id)
        suppress_person(session, person, reason="list:partners", now=now)
        signals = set(session.scalars(select(Signal.id).where(Signal.account_id == account.id)))
    assert train(workspace, now).rescored == 69
    with workspace.db.read() as session:
        anew = set(
            session.scalars(
                select(StoredScore.signal_id).where(StoredScore.scorer_version != PRIOR.version)
            )
        )
    assert len(anew) == 69
    assert not anew & signals


def test_what_is_not_better_is_kept_but_not_in_force(workspace: Workspace, now: datetime) -> None:
    judge(workspace, now, slope=1, shift=0, count=60)
    before = points(workspace)
    report = train(workspace, now)
    assert (report.number, report.kind, report.promoted) == (1, "prior", False)
    assert in_force(workspace) == []
    assert points(workspace) == before
    assert versions(workspace) == {"sure.v1"}


def test_a_second_training_has_to_beat_the_first_on_what_came_since(
    workspace: Workspace, now: datetime
) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=55)
    assert train(workspace, now).promoted
    judge(workspace, now, slope=0.3, shift=-1, count=10)
    report = train(workspace, now)
    assert not report.promoted
    assert report.why == "10 judged since number 1; 20 are needed to compare."
    judge(workspace, now, slope=0.3, shift=-1, count=25)
    report = train(workspace, now)
    assert not report.promoted
    assert report.why == "Not clearly better than number 1 on 35 judged since."
    assert in_force(workspace) == [1]


def test_a_topic_that_changed_replaces_what_was_learned_before(
    workspace: Workspace, now: datetime
) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=50)
    assert train(workspace, now).promoted
    judge(workspace, now, slope=0.3, shift=4, count=40)
    report = train(workspace, now)
    assert report.promoted, report
    assert report.candidate["fresh"]["n"] == report.incumbent["n"] == 40
    assert report.candidate["fresh"]["log_loss"] < report.incumbent["log_loss"]
    assert in_force(workspace) == [2]


def test_rolling_back_brings_back_the_same_evidence_step_by_step(
    workspace: Workspace, now: datetime
) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=60)
    at_first = points(workspace)
    train(workspace, now)
    learned = points(workspace)
    with workspace.db.write() as session:
        row = session.scalars(select(TopicScorer)).one()
        session.add(
            TopicScorer(
                topic_id=row.topic_id, number=2, kind="calibration", prior_version="sure.v1",
                parameters=row.parameters | {"intercept": -3.0}, labels={}, candidate={},
                incumbent={}, created_at=now,
            )
        )  # fmt: skip
    promote(workspace, "Retirement", 2, PRIOR, lambda: now)
    assert points(workspace) not in (learned, at_first)
    assert rollback(workspace, "Retirement", PRIOR, lambda: now).note == "Number 1 again."
    assert points(workspace) == learned
    assert rollback(workspace, "Retirement", PRIOR, lambda: now).repeats == 0
    assert points(workspace) == pytest.approx(at_first, abs=3e-6)  # scores are kept to 6 digits
    with pytest.raises(Refused, match="shipped scorer alone"):
        rollback(workspace, "Retirement", PRIOR, lambda: now)
    promote(workspace, "Retirement", 1, PRIOR, lambda: now)
    assert points(workspace) == learned
    rows = [(row.number, row.repeats, row.retired_at is None) for _, row in history(workspace)]
    assert rows == [(1, None, False), (2, None, False), (3, 1, False), (4, 0, False), (5, 1, True)]
    assert len(versions(workspace)) == 6  # none was written over


def test_what_cannot_be_promoted_is_refused(workspace: Workspace, now: datetime) -> None:
    judge(workspace, now, slope=0.3, shift=-1, count=60)
    train(workspace, now)
    with pytest.raises(NotFound, match="no number 7"):
        promote(workspace, "Retirement", 7, PRIOR, lambda: now)
    with pytest.raises(Conflict, match="in force already"):
        promote(workspace, "Retirement", 1, PRIOR, lambda: now)
    with pytest.raises(NotFound, match="no topic"):
        rollback(workspace, "Boats", PRIOR, lambda: now)
    newer = SureScorer()
    newer.version = "sure.v2"
    # Numbers fitted over another bundle do not fit this one.
    assert load_topic_scorer(workspace, newer) is newer
    rollback(workspace, "Retirement", PRIOR, lambda: now)
    with pytest.raises(Refused, match=r"fitted over sure\.v1"):
        promote(workspace, "Retirement", 1, newer, lambda: now)


def test_training_is_due_once_a_week(workspace: Workspace, now: datetime) -> None:
    assert learn_when_due(workspace, SureScorer, lambda: now)
    assert not learn_when_due(workspace, SureScorer, lambda: now + timedelta(days=6))
    later = now + timedelta(days=8)

    def fail() -> SureScorer:
        raise OSError("the bundle is being replaced")

    with pytest.raises(OSError, match="replaced"):
        learn_when_due(workspace, fail, lambda: later)
    assert learn_when_due(workspace, SureScorer, lambda: later)


def test_similar_signals_follow_a_correction_by_the_next_day(
    workspace: Workspace, now: datetime
) -> None:
    def probabilities() -> dict[int, float]:
        with workspace.db.read() as session:
            rows = session.execute(
                select(Signal.text, StoredScore.prospect)
                .join(StoredScore, StoredScore.signal_id == Signal.id)
                .where(Signal.occurred_at > now - timedelta(days=30))
                .order_by(StoredScore.id)
            )
            return {int(text.split()[2]): prospect for text, prospect in rows}

    def rows() -> int:
        with workspace.db.read() as session:
            return len(session.scalars(select(StoredScore.id)).all())

    prior = PlacingScorer()
    assert follow_when_due(workspace, PlacingScorer, lambda: now) == 0
    assert load_topic_scorer(workspace, prior) is prior
    before, count = probabilities(), rows()
    with workspace.db.write() as session:
        topic = session.scalars(select(Topic)).one()
        signal = session.scalars(
            select(Signal).where(Signal.text.like("retirement planning 5 %"))
        ).one()
        wrong = 0 if before[5] > 0.5 else 1
        label = apply_label(
            session, signal.id, topic.id, wrong, "manager", now + timedelta(hours=1),
            weights=workspace.settings.warmth,
        )  # fmt: skip
        label_id = label.id
    scorer = load_topic_scorer(workspace, prior)  # what comes in now follows at once
    told = scorer.score([make_input(workspace, "retirement planning 14 0.0")])[0]
    assert any(reason.code == "stack.similar" for reason in told.reasons)
    assert (told.prospect > 0.5) == bool(wrong)
    assert told.prospect == pytest.approx(
        logistic(math.fsum(reason.log_odds for reason in told.reasons))
    )

    def fail() -> PlacingScorer:
        raise OSError("the bundle is being replaced")

    assert follow_when_due(workspace, PlacingScorer, lambda: now + timedelta(hours=2)) == 0
    tomorrow = now + timedelta(days=1)
    with pytest.raises(OSError, match="replaced"):
        follow_when_due(workspace, fail, lambda: tomorrow)
    moved = follow_when_due(workspace, PlacingScorer, lambda: tomorrow)
    after = probabilities()
    assert 0 < moved == rows() - count
    for number, prospect in after.items():
        if prospect != before[number]:
            assert number % 9 == 5
            assert (prospect > before[number]) == bool(wrong)
    assert follow_when_due(workspace, PlacingScorer, lambda: tomorrow + timedelta(days=1)) == 0
    with workspace.db.write() as session:
        revoke_label(session, label_id, tomorrow + timedelta(days=1, hours=1),
                     weights=workspace.settings.warmth)  # fmt: skip
    follow_when_due(workspace, PlacingScorer, lambda: tomorrow + timedelta(days=2))
    assert probabilities() == pytest.approx(before, abs=0.01)


def make_input(workspace: Workspace, text: str) -> ScorerInput:
    with workspace.db.read() as session:
        name = session.scalars(select(Topic.name)).one()
    return ScorerInput(text, None, "post", TopicContext(name))


def test_the_command_line_corrects_lists_and_takes_back(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    monkeypatch.setattr("app.bootstrap.open_workspace", lambda: workspace)

    def run(*words: str) -> object:
        result = CliRunner().invoke(app, ["scorer", *words, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    before = points(workspace)
    signal = max(before, key=lambda one: before[one])
    label = ("label", str(signal), "--topic", "Retirement")
    told = run(*label, "--value", "0")
    assert isinstance(told, dict)
    assert (told["signal"], told["topic"], told["value"]) == (signal, "Retirement", 0)
    assert points(workspace) == {one: p for one, p in before.items() if one != signal}
    assert run(*label, "--undo") == {
        "signal": signal, "topic": "Retirement", "value": None, "label": None,
    }  # fmt: skip
    assert points(workspace) == pytest.approx(before, abs=3e-6)
    learned = run("learn")
    assert isinstance(learned, list)
    assert learned[0]["why"] == "0 judged texts so far; learning begins at 50."
    assert run("history") == []
    judge(workspace, now, slope=0.3, shift=-1, count=60)
    train(workspace, now)
    found = run("history", "Retirement")
    assert isinstance(found, list)
    assert [(row["number"], row["state"]) for row in found] == [(1, "in force")]
    for words in (("label", "1", "--topic", "Retirement"), ("promote", "Retirement", "1")):
        with pytest.raises(Refused):
            CliRunner().invoke(app, ["scorer", *words], catch_exceptions=False)


def report_as_tries(workspace: Workspace, now: datetime, odds: Sequence[float]) -> None:
    """A touch on the first people, each with the chance it had to be listed; all were no prospect.

    Odds over one stand for somebody who was listed as warm.
    """
    with workspace.db.write() as session:
        rep = make_rep(session, make_team(session, at=now), "Ines", at=now)
        prospects = session.scalars(select(Prospect).order_by(Prospect.id)).all()
        for prospect, odd in zip(prospects, odds, strict=False):
            listed = make_assignment(session, rep, prospect, at=now)
            if odd <= 1:
                listed.source, listed.propensity = "explore", odd
            record_touch(
                session, listed.id, channel="message", disposition="not_relevant", now=now,
                idempotency_key=f"{prospect.id}", weights=warmth_settings(),
            )  # fmt: skip


def test_who_was_listed_by_chance_stands_for_more(workspace: Workspace, now: datetime) -> None:
    report_as_tries(workspace, now, [2, 0.25, 0.01, 1])
    judge(workspace, now, slope=1, shift=0, count=1)
    with workspace.db.read() as session:
        labels = session.scalars(select(Label.id).order_by(Label.id)).all()
        assert len(labels) == 5
        found = weigh_labels(session, labels)
    assert found == {labels[1]: 4.0, labels[2]: 10.0, labels[3]: 1.0}


def test_learning_weighs_tries_by_their_odds(workspace: Workspace, now: datetime) -> None:
    report_as_tries(workspace, now, [0.1] * 8)
    judge(workspace, now, slope=0.3, shift=-1, count=60)
    told = train(workspace, now)
    with workspace.db.read() as session:
        label_of = {one.signal_id: one for one in session.scalars(select(Label))}
        texts = {s.id: s.text or "" for s in session.scalars(select(Signal))}
    values = np.array([float(one.value) for one in label_of.values()])
    logits = np.array([float(texts[signal].split()[-1]) for signal in label_of])
    weights = np.array([10.0 if one.touch_id else 1.0 for one in label_of.values()])
    losses = np.logaddexp(0, np.where(values > 0, -logits, logits))
    assert told.incumbent["log_loss"] == pytest.approx(
        np.average(losses, weights=weights), abs=1e-4
    )
    assert told.incumbent["log_loss"] != pytest.approx(losses.mean(), abs=1e-2)


def test_nothing_is_learned_from_networks_whose_terms_forbid_it(
    workspace: Workspace, now: datetime
) -> None:
    with workspace.db.read() as session:
        ids = session.scalars(select(Signal.id).order_by(Signal.id).limit(3)).all()
    labels = [StandingLabel(number, id_, 1, "rep", now) for number, id_ in enumerate(ids)]
    with workspace.db.write() as session:
        session.get_one(Signal, ids[1]).network = "reddit"
        session.flush()
        assert [one.signal_id for one in _may_teach(session, labels)] == [ids[0], ids[2]]
