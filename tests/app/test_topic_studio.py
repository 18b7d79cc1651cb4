"""The topic studio on the command line: history, restore, preview."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from app.jobs import build_listener, index_posts
from app.studio import Studio
from app.topic_load import count_places, count_working, find_receivers
from models import ArchivedPost, ArchiveLabel, DailyList, Rep, Territory, Topic
from signals.collectors.contract import Kind
from signals.ingest import store_page
from signals.scoring.rules import RuleScorer
from signals.sources import SourceTerms, add_source
from signals.versions import Definition
from tests.app.program import Program
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.factories import make_assignment, make_engagement, make_prospect, make_rep, make_team

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("studio") / "home")
    outcomes = program.run_each(
        [
            ["init"],
            ["topic", "add", "IRA", "--keyword", "401k", "--by", "Yara", "--reason", "first"],
            ["topic", "edit", "IRA", "--keyword", "pension", "--by", "Mara", "--reason", "why not"],
        ]
    )
    assert [outcome.code for outcome in outcomes] == [0, 0, 0]
    return program


def test_versions_are_listed_and_brought_back(program: Program) -> None:
    rows = program.run("topic", "history", "IRA", "--json").document
    assert [(r["version"], r["author"], r["reason"]) for r in rows] == [
        (2, "Mara", "why not"), (1, "Yara", "first"),
    ]  # fmt: skip
    assert rows[0]["changes"] == [{"field": "keyword", "added": "pension", "removed": None}]
    assert "keyword pension" in program.run("topic", "history", "IRA").out
    assert (
        program.run("topic", "restore", "IRA", "1", "--reason", "back", "--json").document[
            "version"
        ]
        == 3
    )
    between = program.run("topic", "history", "IRA", "--compare", "3", "2", "--json").document
    assert between["changes"] == [{"field": "keyword", "added": "pension", "removed": None}]
    assert "+ keyword pension" in program.run("topic", "history", "IRA", "--compare", "1", "2").out
    assert "say the same" in program.run("topic", "history", "IRA", "--compare", "1", "3").out
    program.run("topic", "history", "IRA", "--compare", "1", "9", code=1)
    program.run("topic", "restore", "IRA", "1", code=2)
    program.run("topic", "edit", "IRA", "--keyword", "annuity", code=2)
    nothing = program.run("topic", "edit", "IRA", "--keyword", "annuity", "--reason", " ", code=2)
    assert "reason is missing" in nothing.line
    refused = program.run("topic", "restore", "IRA", "9", "--reason", "back", code=1)
    assert "no version 9" in refused.line


def test_places_are_set_by_code_or_name_kept_and_brought_back(program: Program) -> None:
    run = program.run
    run("topic", "add", "Gulf", "--keyword", "annuity", "--place", "ae", "--place", "السعودية")
    assert run("topic", "list", "--json").document[-1]["places"] == ["AE", "SA"]
    edited = run(
        "topic", "edit", "Gulf", "--any-place", "--place", "the UK", "--reason", "moved", "--json"
    ).document
    assert edited["places"] == ["GB"]
    newest = run("topic", "history", "Gulf", "--json").document[0]
    assert {(c["field"], c["added"], c["removed"]) for c in newest["changes"]} == {
        ("place", "GB", None), ("place", None, "AE"), ("place", None, "SA"),
    }  # fmt: skip
    run("topic", "restore", "Gulf", "1", "--reason", "back")
    assert run("topic", "list", "--json").document[-1]["places"] == ["AE", "SA"]
    refused = run("topic", "edit", "Gulf", "--place", "Atlantis", "--reason", "r", code=1)
    assert "no country" in refused.line


def test_a_language_that_does_not_exist_is_refused_with_what_to_write(program: Program) -> None:
    commands = [
        ["topic", "add", "New", "--keyword", "annuity", "--lang", "xx"],
        ["topic", "edit", "IRA", "--lang", "qq", "--reason", "r"],
        ["topic", "edit", "IRA", "--lang", "und", "--reason", "r"],
        ["topic", "add", "New", "--keyword", "annuity", "--lang", "Arabic"],
        ["topic", "preview", "IRA", "--lang", "xx"],
        ["topic", "edit", "IRA", "--lang", "fil", "--lang", "ar-EG", "--reason", "r", "--json"],
    ]
    *refused, kept = program.run_each(commands)
    for outcome in refused:
        assert outcome.code == 1
        assert "is not known" in outcome.line
    assert "Use codes such as en or ar." in refused[0].line
    assert "Use its code: ar." in refused[3].line
    assert kept.document["languages"] == ["fil", "ar"]


def test_a_preview_without_posts_says_so(program: Program) -> None:
    found = program.run("topic", "preview", "IRA", "--keyword", "annuity", "--json").document
    assert (found["searched"], found["gained"]["posts"], found["exact"]) == (0, None, False)
    assert found["gains_known"] is False
    told = program.run("topic", "preview", "IRA", "--keyword", "annuity").out
    assert "gained: not known, 0 lost" in told
    assert "No post that matched nothing is kept" in told
    dropped = program.run("topic", "preview", "IRA", "--drop-keyword", "401k", "--json").document
    assert (dropped["gained"]["posts"], dropped["exact"]) == (0, True)  # surely none
    moved = program.run(
        "topic", "preview", "IRA", "--community", "r/fire", "--place", "AE", "--json"
    )
    assert moved.document["not_replayed"] == ["community"]
    assert moved.document["draft"]["outside"] == 0
    assert "outside" not in moved.document["saved"]
    assert moved.document["exact"] is False
    line = program.run("topic", "preview", "IRA", "--drop-community", "r/none", code=1).line
    assert "no community 'r/none'" in line
    program.run("topic", "preview", "IRA", "--keyword", "a", code=1)


def test_a_preview_tells_what_a_change_gains_and_loses(tmp_path: Path) -> None:
    workspace = open_small_workspace(tmp_path / "home")
    texts = [
        "Can anyone recommend an annuity? I retire in May and need advice on it.",
        "Our annuity webinar starts now, sign up today, we offer a discount!",
        "annuity, annuity, annuity",
        "A day at the lake",
    ]
    with workspace.db.write() as session:
        fill(session)
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language="en", occurred_at=NOW - timedelta(hours=n),
            )
            for n, text in enumerate(texts)
        )  # fmt: skip
        topic = session.scalars(select(Topic).where(Topic.name == "IRA rollover")).one()
        saved = Definition.of(topic)
        topic_id = topic.id
    index_posts(workspace)
    studio = Studio(workspace, RuleScorer)
    draft = replace(saved, keywords=(*saved.keywords, "annuity"))

    def look(at: datetime = NOW) -> tuple[float, float, float, float, float, float]:
        found = studio.preview(topic_id, draft, days=7, now=at)
        precision = found.draft.precision
        assert precision is not None
        assert precision.low <= precision.value <= precision.high
        return (
            found.gained_posts.value,
            found.gained_prospects.value,
            found.per_phrase["annuity"],
            precision.value,
            precision.low,
            precision.high,
        )

    posts, prospects, counted, precision, low, high = look()
    width = high - low
    assert counted >= posts >= 3
    assert prospects >= 1
    with workspace.db.write() as session:  # a manager says that the second sells
        second = session.scalars(select(ArchivedPost).where(ArchivedPost.external_id == "a1")).one()
        session.add(
            ArchiveLabel(
                topic_id=topic_id, archive_id=second.id, value=0, author="Mara", created_at=NOW
            )
        )
    judged = look()
    assert judged[3] != precision
    assert judged[5] - judged[4] < width  # who says more makes it surer
    with workspace.db.read() as session:
        assert session.get_one(Topic, topic_id).version == 1  # nothing was saved
    workspace.db.close()


def test_what_passed_by_is_counted_up_from_the_share_that_was_kept(tmp_path: Path) -> None:
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        fill(session)
        topic = session.scalars(select(Topic).where(Topic.name == "IRA rollover")).one()
        saved, topic_id = Definition.of(topic), topic.id
    page = [
        make_engagement(
            f"z{n}", "Is an annuity right for me, any advice?", author=f"u{n}", language="en",
            at=NOW - timedelta(minutes=n), kind=Kind.COMMENT if n % 3 else Kind.POST,
            target="unknown" if n % 3 else None,
        )
        for n in range(1_000)
    ]  # fmt: skip
    selection = replace(build_listener(workspace, archive=True), archive_share=0.05).select(page)
    with workspace.db.write() as session:
        store_page(session, selection, (), now=NOW)
    index_posts(workspace)
    draft = replace(saved, keywords=(*saved.keywords, "annuity"))
    found = Studio(workspace, RuleScorer).preview(topic_id, draft, days=7, now=NOW)
    posts = found.gained_posts
    assert 20 * len(found.gained) == posts.value
    assert posts.low <= 1_000 <= posts.high
    assert posts.low < posts.value < posts.high
    assert not found.exact
    assert found.gained_prospects.high > len(found.gained)
    assert found.draft.posts.value == found.saved.posts.value + posts.value
    assert found.per_phrase["annuity"] >= posts.value
    fewer = replace(saved, keywords=saved.keywords[1:])
    lost = Studio(workspace, RuleScorer).preview(topic_id, fewer, days=7, now=NOW)
    assert lost.exact
    assert lost.gained_posts.high == 0
    workspace.db.close()


def test_a_preview_is_of_the_days_that_are_covered_and_tells_what_is_not_kept(
    tmp_path: Path,
) -> None:
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        fill(session)
        topic = session.scalars(select(Topic).where(Topic.name == "IRA rollover")).one()
        saved, topic_id = Definition.of(topic), topic.id
        session.execute(delete(ArchivedPost))
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", language="en",
                text="Can anyone recommend an annuity? I need advice", occurred_at=NOW - n * DAY,
            )
            for n in (0, 1, 2)
        )  # fmt: skip
    index_posts(workspace)
    studio = Studio(workspace, RuleScorer)
    draft = replace(saved, keywords=(*saved.keywords, "annuity"))
    fewer = replace(saved, keywords=saved.keywords[1:])
    for days in (7, 28):
        found = studio.preview(topic_id, draft, days=days, now=NOW)
        assert (found.days, found.gained_posts.value) == (2.0, 3)
        assert (found.gains_known, found.unkept, found.exact) == (True, (), True)
        assert studio.preview(topic_id, fewer, days=days, now=NOW).days == days
    with workspace.db.write() as session:
        terms = SourceTerms(lawful_basis="assessed")
        add_source(session, network="x", terms=terms, now=NOW)
    found = studio.preview(topic_id, draft, days=7, now=NOW)
    assert (found.unkept, found.exact) == (("x",), False)
    lost = studio.preview(topic_id, fewer, days=7, now=NOW)
    assert (lost.unkept, lost.exact) == ((), True)  # nothing is gained by it anywhere
    with workspace.db.write() as session:
        for network, since in (("hackernews", 0.5), ("stackexchange", None), ("bluesky", None)):
            add_source(session, network=network, terms=terms, now=NOW)
            if since is not None:
                session.add(
                    ArchivedPost(
                        network=network, external_id="late", author_hash="l", language="en",
                        text="a fine day", occurred_at=NOW - since * DAY,
                    )
                )  # fmt: skip
    later = Studio(workspace, RuleScorer).preview(topic_id, draft, days=7, now=NOW).later
    assert later == (("hackernews", NOW - 0.5 * DAY), ("stackexchange", None))
    workspace.db.close()


def test_prospects_of_other_countries_are_counted(tmp_path: Path) -> None:
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        fill(session)
        topic = session.scalars(select(Topic).where(Topic.name == "IRA rollover")).one()
        saved, topic_id = Definition.of(topic), topic.id
        session.execute(delete(ArchivedPost))
        told = ("I live in Canada.", "We live in the UAE.", "", "أعيش في الإمارات")
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", language="en",
                text=f"Can anyone recommend an annuity? I need advice. {where}", occurred_at=NOW,
            )
            for n, where in enumerate(told)
        )  # fmt: skip
    index_posts(workspace)
    studio = Studio(workspace, RuleScorer)

    def outside(*places: str) -> tuple[float | None, float | None]:
        draft = replace(saved, keywords=("annuity",), places=places)
        found = studio.preview(topic_id, draft, days=7, now=NOW)
        assert found.gained_prospects.value == 4
        return tuple(s.outside and s.outside.value for s in (found.saved, found.draft))  # type: ignore[return-value] # two sides

    assert outside() == (None, None)
    assert outside("AE") == (None, 1)
    assert outside("CA") == (None, 2)
    assert outside("CA", "AE") == (None, 0)
    workspace.db.close()


def test_the_load_is_of_working_days_and_of_reps_who_may_receive_the_topic(tmp_path: Path) -> None:
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        fill(session)
        topic, other = session.scalars(select(Topic).order_by(Topic.id).limit(2))
        team = make_team(session, at=NOW)
        for rep in session.scalars(select(Rep)):
            rep.active = False
        assert find_receivers(session, topic) == []
        first, second, third = (
            make_rep(session, team, name, at=NOW) for name in ("Ana", "Ben", "Cleo")
        )
        second.territory.append(Territory(kind="topic", value=str(other.id)))
        third.territory.append(Territory(kind="language", value="sw"))
        session.flush()
        assert find_receivers(session, topic) == [first]  # the topic is in English
        assert find_receivers(session, other)[:2] == [first, second]
        assert count_working([first], NOW) == pytest.approx(5 / 7, abs=0.1)  # no weekends
        assert count_places(session, topic, [first]) is None
        session.add(
            DailyList(
                rep_id=first.id, listed_on=NOW.date(), wanted=12, shortfall=0, seed=1,
                content_hash="", details={}, built_at=NOW,
            )
        )  # fmt: skip
        topics = session.scalar(select(func.count(Topic.id)).where(Topic.active)) or 0
        assert count_places(session, topic, [first]) == pytest.approx(12 / topics)
        for number in range(4):
            listed = make_prospect(
                session, topic if number == 0 else other, f"l{number}", (1.0, NOW)
            )
            make_assignment(session, first, listed, at=NOW)
        assert count_places(session, topic, [first]) == pytest.approx(12 / 4)
    workspace.db.close()


def test_a_preview_of_what_is_not_there_is_refused(program: Program) -> None:
    run = program.run
    assert "no version 0" in run("topic", "preview", "IRA", "--version", "0", code=1).line
    assert "'xx' is not known" in run("topic", "preview", "IRA", "--lang", "xx", code=1).line
    line = run("topic", "preview", "IRA", "--drop-keyword", "nosuch", code=1).line
    assert "no keyword 'nosuch'" in line
    assert "no exclusion" in run("topic", "preview", "IRA", "--drop-exclude", "no", code=1).line


def test_one_post_is_not_judged_both_ways(program: Program) -> None:
    both = program.run("topic", "judge", "IRA", "--yes", "s1", "--no", "s1", code=1).line
    assert "s1" in both


def test_a_budget_is_proposed_by_either_name_and_switched_on_with_a_reason(
    program: Program,
) -> None:
    found = program.run("topics", "budget", "--json").document
    assert (found["on"], found["shares"]) == (False, [])
    assert "No topic is polled" in program.run("topic", "budget").out
    program.run("topic", "budget", "--on", code=2)
    program.run("topic", "budget", "--on", "--reason", "trial", "--by", "Mara")
    assert program.run("topic", "budget", "--json").document["on"] is True
    assert (
        "Switched off by Mara"
        in program.run("topic", "budget", "--off", "--reason", "enough", "--by", "Mara").out
    )


def test_posts_are_drawn_to_judge(program: Program) -> None:
    found = program.run("topic", "judge", "IRA", "--json").document
    assert (found["judged"], found["posts"]) == (0, [])
    assert "Nothing left to judge." in program.run("topic", "judge", "IRA").out
    assert "names no post" in program.run("topic", "judge", "IRA", "--yes", "x9", code=1).line
