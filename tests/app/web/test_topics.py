from __future__ import annotations

from sqlalchemy import select

from app.bootstrap import Workspace
from models import Topic
from tests.app.web.conftest import Browser


def _phrases(workspace: Workspace, role: str = "keyword") -> list[str]:
    with workspace.db.read() as session:
        topic = session.get_one(Topic, 1)
        return [k.phrase for k in topic.keywords if k.role == role and k.active]


def test_the_list_says_what_each_topic_brought(browser: Browser) -> None:
    page = browser.open("/topics").text
    assert "Listening for 2 topics" in page
    assert "IRA rollover" in page
    assert "التخطيط للتقاعد" in page


def test_a_topic_shows_posts_per_keyword_and_the_newest(browser: Browser) -> None:
    page = browser.open("/topics/1").text
    assert '<bdi>rollover</bdi><data value="10">10</data>' in page
    assert "10 posts in 7 days" in page
    assert "<mark>rollover</mark>" in page


def test_phrases_communities_and_languages_are_added_and_removed(
    browser: Browser, workspace: Workspace
) -> None:
    browser.open("/topics/1")
    browser.send("/topics/1", reason="asked", keyword="  pension   lump sum ")
    browser.send("/topics/1", reason="asked", exclusion="crypto IRA")
    browser.send("/topics/1", reason="asked", community="r/sample_money")
    browser.send("/topics/1", reason="asked", language="fr")
    assert "français".title() in browser.page
    assert "pension lump sum" in _phrases(workspace)
    assert "crypto IRA" in _phrases(workspace, "exclusion")
    browser.send("/topics/1", reason="asked", remove_keyword="pension lump sum")
    browser.send("/topics/1", reason="asked", remove_exclusion="crypto IRA")
    browser.send("/topics/1", reason="asked", remove_community="r/sample_money")
    browser.send("/topics/1", reason="asked", remove_language="fr")
    assert "pension lump sum" not in _phrases(workspace)
    with workspace.db.read() as session:
        topic = session.get_one(Topic, 1)
        assert topic.languages == ["en"]
        assert [c.name for c in topic.communities] == ["r/sample_retirement"]


def test_removing_twice_is_no_trouble(browser: Browser) -> None:
    browser.open("/topics/1")
    browser.send("/topics/1", reason="asked", remove_keyword="lump sum")
    assert browser.send("/topics/1", reason="asked", remove_keyword="lump sum").status_code == 200


def test_nothing_is_saved_without_a_reason(browser: Browser, workspace: Workspace) -> None:
    browser.open("/topics/1")
    answer = browser.send("/topics/1", keyword="pension lump sum")
    assert answer.status_code == 400
    assert 'id="reason" name="reason" required' in answer.text
    assert 'aria-describedby="reason-error"' in answer.text
    assert '<li class="tag added"><bdi>pension lump sum</bdi>' in answer.text  # kept as a draft
    assert "pension lump sum" not in _phrases(workspace)
    switched = browser.send("/topics/1", active="no", reason=" ")
    assert switched.status_code == 400
    assert 'aria-describedby="switch-error"' in switched.text
    assert "Say in a few words why" in switched.text
    with workspace.db.read() as session:
        topic = session.get_one(Topic, 1)
        assert (topic.version, topic.active) == (1, True)


def test_a_short_keyword_is_refused_beside_its_field(
    browser: Browser, workspace: Workspace
) -> None:
    browser.open("/topics/1")
    answer = browser.send("/topics/1", reason="asked", keyword="<")
    assert answer.status_code == 400
    assert 'value="&lt;" aria-invalid="true" aria-describedby="keyword-error"' in answer.text
    assert "Too short" in answer.text
    assert "<" not in _phrases(workspace)


def test_the_last_keyword_stays(browser: Browser, workspace: Workspace) -> None:
    browser.open("/topics/2")
    browser.send("/topics/2", reason="asked", remove_keyword="صندوقان")
    answer = browser.send("/topics/2", reason="asked", remove_keyword="التخطيط للتقاعد")
    assert answer.status_code == 400
    assert "at least one keyword" in answer.text


def test_a_topic_is_added(browser: Browser, workspace: Workspace) -> None:
    browser.open("/topics")
    answer = browser.send(
        "/topics", name="Annuities", keywords="annuity\nannuities, fixed annuity", language="en"
    )
    assert answer.url.path == "/topics/3"
    with workspace.db.read() as session:
        topic = session.scalars(select(Topic).where(Topic.name == "Annuities")).one()
        assert [k.phrase for k in topic.keywords] == ["annuity", "annuities", "fixed annuity"]
        assert topic.languages == ["en"]


def test_what_was_typed_stays_when_a_topic_is_refused(browser: Browser) -> None:
    browser.open("/topics")
    taken = browser.send("/topics", name="ira rollover", keywords="annuity")
    assert taken.status_code == 400
    assert "There is a topic of this name already." in taken.text
    assert ">annuity</textarea>" in taken.text
    empty = browser.send("/topics", name="Annuities", keywords="")
    assert "at least one keyword" in empty.text
    assert 'value="Annuities"' in empty.text
    sensitive = browser.send("/topics", name="Cures", keywords="my cancer")
    assert sensitive.status_code == 400
    assert "singles nobody out" in sensitive.text


def test_a_topic_is_switched_off_and_on(browser: Browser) -> None:
    browser.open("/topics/1")
    assert "Listen again" in browser.send("/topics/1", reason="asked", active="no").text
    assert "Switch this topic off" in browser.send("/topics/1", reason="asked", active="yes").text


def test_phrases_are_escaped(browser: Browser) -> None:
    browser.open("/topics/1")
    page = browser.send("/topics/1", reason="asked", keyword='<script>x</script>"').text
    assert "<script>x" not in page
    assert "&lt;script&gt;x" in page
