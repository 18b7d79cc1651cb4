"""The page of the topic studio: a draft is tried, saved with a reason, brought back."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.bootstrap import Workspace
from app.jobs import index_posts
from models import ArchivedPost, PhrasePair, SuggestionDecision, Topic, TopicVersion
from signals.collectors.contract import Cost
from signals.language import detect
from signals.sources import SourceTerms, add_source
from signals.spending import record_spend
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW
from tests.fakes.web_server import WebServer
from tests.fakes.x_api import XApi, make_post

KEYWORDS = ("rollover", "old 401(k)", "lump sum", "which IRA", "which")
XSS = '<script>alert(1)</script><img src=x onerror=alert(2)> annuity "quoted" onmouseover=x'


def draft(*extra: tuple[str, str], keywords: tuple[str, ...] = KEYWORDS) -> str:
    held = [("k", k) for k in keywords]
    held += [("x", "link in bio"), ("c", "r/sample_retirement"), ("l", "en")]
    return "/topics/1?" + urlencode([("draft", "1"), *held, *extra])


@pytest.fixture
def archived(workspace: Workspace, rep_id: int) -> Workspace:
    texts = (
        "An annuity or not? I cannot decide and need advice, please.", XSS,
        "المعاش السنوي: بم تنصحون؟ أريد أن أقرر هذا الشهر", "a fine day at the lake",
    )  # fmt: skip
    with workspace.db.write() as session:
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", text=text,
                language="en", occurred_at=NOW - timedelta(hours=n),
            )
            for n, text in enumerate(texts)
        )  # fmt: skip
    index_posts(workspace)
    return workspace


def version(workspace: Workspace) -> int:
    with workspace.db.read() as session:
        return session.get_one(Topic, 1).version


def test_a_draft_is_tried_and_nothing_is_saved(browser: Browser, archived: Workspace) -> None:
    page = browser.open(draft(("add_k", "annuity"))).text
    assert "What would change" in page
    assert "<mark>annuity</mark>" in page
    assert '<li class="tag added"><bdi>annuity</bdi>' in page
    assert "2 gained posts" in page
    assert "Save as version 2" in page
    assert re.search(r"<b>Prospect 0\.\d+</b></span> <span>asks for advice 0\.\d+</span>", page)
    lost = browser.open(draft(("drop_k", "lump sum"))).text
    assert 'class="tag removed"><bdi>lump sum</bdi>' in lost
    assert version(archived) == 1


def test_what_strangers_wrote_and_managers_type_is_escaped(
    browser: Browser, archived: Workspace
) -> None:
    page = browser.open(draft(("add_k", "annuity"), ("add_x", XSS[:100]), ("add_c", XSS))).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(
    "typed", ['"', "annuity*", "a OR b", "' ) --", "%", "x" * 5_000, "\x00", "NEAR(", "🙂" * 300]
)
def test_whatever_is_typed_is_answered(browser: Browser, archived: Workspace, typed: str) -> None:
    assert browser.open(draft(("add_k", typed), ("add_x", typed))).status_code == 200


def test_a_short_phrase_is_told_beside_its_field(browser: Browser) -> None:
    page = browser.open(draft(("add_k", "x"))).text
    assert 'aria-describedby="keyword-error"' in page
    assert "Too short" in page
    assert "What would change" not in page


def test_a_draft_is_saved_with_its_reason_and_brought_back(
    browser: Browser, workspace: Workspace
) -> None:
    browser.open(draft(("add_k", "annuity")))
    form = {
        "base": "1", "k": [*KEYWORDS, "annuity"], "x": "link in bio", "c": "r/sample_retirement",
        "l": "en", "reason": "people ask for it",
    }  # fmt: skip
    page = browser.send("/topics/1/versions", **form).text  # type: ignore[arg-type] # a repeated field
    assert "people ask for it" in page
    assert version(workspace) == 2
    stale = browser.send("/topics/1/versions", **form)  # type: ignore[arg-type] # a repeated field
    assert stale.status_code == 409
    assert "saved this topic meanwhile" in stale.text
    back = browser.open("/topics/1?version=1").text  # compared before it is brought back
    assert 'class="tag removed"><bdi>annuity</bdi>' in back
    assert 'value="Version 1 again."' in back
    assert version(workspace) == 2
    form |= {"base": "2", "k": [*KEYWORDS], "reason": "as it was"}
    assert "as it was" in browser.send("/topics/1/versions", **form).text  # type: ignore[arg-type] # a repeated field
    with workspace.db.read() as session:
        assert session.scalars(select(TopicVersion.number)).all() == [1, 2, 3]
        phrases = [k.phrase for k in session.get_one(Topic, 1).keywords if k.active]
    assert "annuity" not in phrases
    between = browser.open("/topics/1?from=1&to=2").text.split('id="between"')[1]
    assert "<bdi>annuity</bdi>" in between.split("</div>")[0]
    assert "These two versions say the same" in browser.open("/topics/1?from=3&to=1").text
    assert browser.open("/topics/1?from=1&to=9").status_code == 404


def test_a_draft_without_a_reason_is_not_saved(browser: Browser, workspace: Workspace) -> None:
    browser.open(draft(("add_k", "annuity")))
    form = {"base": "1", "k": [*KEYWORDS, "annuity"], "l": "en"}
    for reason in ("", " ", "…"):
        answer = browser.send("/topics/1/versions", **form, reason=reason)  # type: ignore[arg-type] # a repeated field
        assert answer.status_code == 400
        assert 'aria-describedby="reason-error"' in answer.text
        assert "<bdi>annuity</bdi>" in answer.text
    assert version(workspace) == 1


def test_a_version_that_is_not_there_is_not_found(browser: Browser) -> None:
    assert browser.open("/topics/1?version=9").status_code == 404


def test_a_draft_without_keywords_is_not_saved(browser: Browser, workspace: Workspace) -> None:
    browser.open(draft(("drop_k", "which")))
    answer = browser.send("/topics/1/versions", base="1", reason="none left", l="en")
    assert answer.status_code == 400
    assert "at least one keyword" in answer.text
    assert version(workspace) == 1


def settled(workspace: Workspace) -> tuple[list[tuple[str, str]], int]:
    with workspace.db.read() as session:
        rows = session.execute(select(SuggestionDecision.phrase, SuggestionDecision.decision))
        return [(phrase, said) for phrase, said in rows], len(
            session.scalars(select(PhrasePair)).all()
        )


def test_an_accepted_suggestion_is_decided_when_the_draft_is_saved(
    browser: Browser, archived: Workspace
) -> None:
    page = browser.open("/topics/1?suggest=1").text
    assert "Suggestions" in page
    # typed before, not saved: it stays through everything
    form: dict[str, Any] = {"k": [*KEYWORDS, "my own phrase"], "l": "en"}
    accepted = {"role": "keyword", "phrase": "annuity", "do": "accept", "same_as": "المعاش السنوي"}
    answer = browser.send("/topics/1/suggestions", **form, **accepted)
    for phrase in ("annuity", "my own phrase"):
        assert f'<li class="tag added"><bdi>{phrase}</bdi>' in answer.text
    assert settled(archived) == ([], 0)  # a draft that is given up decides nothing
    took = unescape(browser.hidden("took"))
    form = {"k": [*KEYWORDS, "my own phrase", "annuity"], "l": "en", "took": took}
    dropped = form | {"k": [*KEYWORDS, "my own phrase"]}
    answer = browser.send("/topics/1/suggestions", **dropped, role="keyword", phrase="coupon")
    assert '<li class="tag added"><bdi>my own phrase</bdi>' in answer.text
    assert settled(archived) == ([("coupon", "dismissed")], 0)
    browser.send("/topics/1/versions", **form, base="1", reason="as they say it")
    assert version(archived) == 2
    assert settled(archived) == ([("coupon", "dismissed"), ("annuity", "accepted")], 1)
    again = browser.send("/topics/1/suggestions", role="keyword", phrase="coupon", do="dismiss")
    assert again.status_code == 409
    browser.open("/topics/1")
    short = browser.send("/topics/1/suggestions", role="keyword", phrase="a", do="accept")
    assert short.status_code == 400


def test_looking_for_phrases_and_keeping_a_pair_keep_the_draft(
    browser: Browser, archived: Workspace
) -> None:
    page = browser.open(draft(("add_k", "my own phrase"))).text
    link = re.search(r'<a href="([^"]*)" rel="nofollow">Look for phrases', page)
    assert link is not None
    added = '<li class="tag added"><bdi>my own phrase</bdi>'
    assert added in browser.open(unescape(link[1])).text
    form: dict[str, Any] = {"k": [*KEYWORDS, "my own phrase"], "l": "en"}
    pair = {"phrase": "401k", "other": "حساب التقاعد", "reason": "Same"}
    assert added in browser.send("/topics/1/pairs", **form, **pair | {"reason": ""}).text
    assert added in browser.send("/topics/1/pairs", **form, **pair).text


def test_suggestions_count_posts_in_the_languages_that_are_listened_to(
    browser: Browser, workspace: Workspace
) -> None:
    texts = [
        ("What rollovver should I choose for my old account? I need some advice, please", 2),
        ("quel rollovver choisir pour mon ancien compte ? je cherche un bon conseil", 5),
    ]
    with workspace.db.write() as session:
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"{text[:4]}{n}", author_hash=f"{text[:4]}{n}",
                text=text, language=detect([text])[0], occurred_at=NOW - timedelta(hours=n),
            )
            for text, count in texts
            for n in range(count)
        )  # fmt: skip
    index_posts(workspace)
    page = browser.open("/topics/1?suggest=1").text  # a topic in English
    shown = re.search(r"<h3>Add “rollovver”</h3><p>(\d+) posts", page)
    assert shown is not None
    assert shown[1] == "2"


def test_entering_the_draft_makes_previews_ready(browser: Browser, archived: Workspace) -> None:
    assert 'hx-trigger="focusin from:#draft once"' in browser.open("/topics/1").text
    assert browser.client.get("/topics/1/ready").status_code == 204
    assert browser.client.get("/topics/99/ready").status_code == 404


@pytest.mark.parametrize("path", ["suggestions", "versions", "counts", "judge"])
def test_no_form_of_the_studio_takes_hostile_words_for_anything_else(
    browser: Browser, archived: Workspace, path: str
) -> None:
    for typed in (XSS[:110], "' ) OR 1=1 --", "annuity* NEAR(", "%", "x" * 5_000, "\x00"):
        browser.open("/topics/1")
        answer = browser.send(
            f"/topics/1/{path}", phrase=typed, same_as=typed, role=typed, do=typed, k=typed,
            add_k=typed, x=typed, c=typed, l=typed, p=typed, reason=typed, post=typed, base="1",
        )  # fmt: skip
        assert answer.status_code < 500, (path, typed[:40])
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text


def test_the_studio_reads_in_arabic(browser: Browser, archived: Workspace) -> None:
    page = browser.open(draft(("add_k", "المعاش السنوي"), ("lang", "ar"))).text
    assert "ما الذي سيتغيّر" in page
    assert "<mark>المعاش السنوي</mark>" in page
    assert "منشور مكسوب واحد" in page


def test_a_country_is_drafted_saved_and_kept_in_the_version(
    browser: Browser, workspace: Workspace
) -> None:
    page = browser.open(draft(("add_p", "SA"))).text
    assert '<li class="tag added"><bdi>Saudi Arabia</bdi>' in page
    form = {"base": "1", "reason": "the Gulf first", "k": list(KEYWORDS), "l": "en", "p": "SA"}
    page = browser.send("/topics/1/versions", **form).text  # type: ignore[arg-type] # a repeated field
    assert "<bdi>Saudi Arabia</bdi>" in page
    with workspace.db.read() as session:
        topic = session.get_one(Topic, 1)
        assert (topic.places, topic.fit_applied) == (["SA"], False)
        newest = session.scalars(select(TopicVersion).order_by(TopicVersion.number.desc())).first()
        assert newest is not None
        assert newest.definition["places"] == ["SA"]


def test_what_asking_a_paid_network_costs_stands_on_the_button(
    browser: Browser, archived: Workspace
) -> None:
    assert "On paid networks" not in browser.open(draft(("add_k", "annuity"))).text
    settings = archived.settings
    secrets = {**settings.secrets, "x": {"bearer_token": SecretStr("app-token")}}
    collect = settings.collect.model_copy(update={"allow_hosts": ["127.0.0.1"]})
    object.__setattr__(
        archived, "settings", settings.model_copy(update={"secrets": secrets, "collect": collect})
    )
    with WebServer(XApi(NOW, [make_post(3, at=NOW, text="annuity")])) as server:
        with archived.db.write() as session:
            terms = SourceTerms(lawful_basis="assessed", url=server.url, daily_money=1.0)
            add_source(session, network="x", terms=terms, now=NOW, allow_hosts=["127.0.0.1"])
        page = browser.open(draft(("add_k", "annuity"))).text
        assert "Ask how many there are, for $0.005" in page
        assert server.asked == []  # only when somebody presses
        answer = browser.send("/topics/1/counts", k=[*KEYWORDS, "annuity"], l="en")  # type: ignore[arg-type] # a repeated field
        assert "1 post in 7 days" in answer.text
        assert len(server.asked) == 1
    assert version(archived) == 1


def test_a_pair_of_phrases_is_kept_with_its_reason(browser: Browser, archived: Workspace) -> None:
    browser.open("/topics/1")
    pair = {"phrase": "401k rollover", "other": "نقل حساب التقاعد", "reason": "Same service"}
    refused = browser.send("/topics/1/pairs", **(pair | {"reason": " - "}))
    assert refused.status_code == 400
    assert "Nothing is saved without a reason." in refused.text
    assert 'value="نقل حساب التقاعد"' in refused.text
    same = browser.send("/topics/1/pairs", **(pair | {"other": "401K  Rollover"}))
    assert same.status_code == 400
    assert "Both phrases are the same." in same.text
    short = browser.send("/topics/1/pairs", **(pair | {"other": "?"}))
    assert "Too short" in short.text
    browser.open("/topics/1")
    assert browser.send("/topics/99/pairs", **pair).status_code == 404
    browser.open("/topics/1")
    assert browser.send("/topics/1/pairs", **pair).status_code == 200
    with archived.db.read() as session:
        kept = session.scalars(select(PhrasePair)).one()
        assert (kept.phrase, kept.other, kept.reason) == tuple(pair.values())
        assert kept.created_at == NOW
    assert version(archived) == 1


def test_a_key_pressed_in_the_draft_is_answered_with_the_results_alone(
    browser: Browser, archived: Workspace
) -> None:
    whole = browser.open(draft(("add_k", "annuity"))).text
    part = browser.client.get(
        draft(("add_k", "annuity")), headers={"HX-Request": "true", "HX-Target": "div#results"}
    ).text
    assert part.strip().startswith('<div class="results" id="results">')
    assert "<html" not in part
    assert "<mark>annuity</mark>" in part
    assert "Save as version 2" in part
    assert len(part) < len(whole) / 2
    assert browser.hidden("_csrf_token") in part  # what is saved from here is taken


def test_what_a_draft_would_cost_is_called_a_guess_until_it_is_asked(
    browser: Browser, archived: Workspace
) -> None:
    with archived.db.write() as session:
        source = add_source(
            session, network="x", now=NOW, terms=SourceTerms(lawful_basis="assessed")
        )
        session.flush()
        record_spend(
            session, source_id=source.id, network="x", collection_id=None, topic_id=1,
            keyword_ids=[], cost=Cost(1, 100, 0.5), now=NOW,
        )  # fmt: skip
    page = browser.open(draft(("add_k", "annuity"))).text
    assert "a guess: as if every post cost what it cost so far" in page
    assert "$0.5" in page
    settings = archived.settings
    secrets = {**settings.secrets, "x": {"bearer_token": SecretStr("app-token")}}
    object.__setattr__(archived, "settings", settings.model_copy(update={"secrets": secrets}))
    assert "ask them below to know" in browser.open(draft(("add_k", "annuity"))).text
