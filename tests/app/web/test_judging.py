"""Judging sampled posts on a page: forms without a script, carried draft, the end."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from app.bootstrap import Workspace
from app.jobs import index_posts
from models import ArchivedPost, ArchiveLabel
from tests.app.web.conftest import Browser
from tests.app.web.small_workspace import NOW

XSS = "<script>alert(1)</script> annuity <img src=x onerror=alert(2)>"


@pytest.fixture
def archived(workspace: Workspace, rep_id: int) -> Workspace:
    with workspace.db.write() as session:
        session.add_all(
            ArchivedPost(
                network="bluesky", external_id=f"a{n}", author_hash=f"{n}", language="en",
                text=f"Which annuity, please? {n} {XSS}", occurred_at=NOW - timedelta(hours=n),
            )
            for n in range(3)
        )  # fmt: skip
    index_posts(workspace)
    return workspace


DRAFT = "draft=1&k=rollover&add_k=annuity"


def test_a_draft_is_judged_post_by_post(browser: Browser, archived: Workspace) -> None:
    page = browser.open(f"/topics/1/judge?{DRAFT}&seed=1")
    query = parse_qs(urlsplit(str(page.url)).query)
    assert query["at"] == ["0"]
    posts = query["post"]
    gained = [key for key in posts if key[0] == "a"]
    assert len(gained) == 3
    assert "<script>alert" not in page.text
    assert "<mark>annuity</mark>" in page.text
    for at, (key, do) in enumerate(zip(gained, ("yes", "no", "yes"), strict=True)):
        answer = browser.send(
            "/topics/1/judge",
            post=posts,
            at=str(posts.index(key)),
            do=do,
            draft="1",
            k="rollover",
            add_k="annuity",
        )  # type: ignore[arg-type] # a repeated field
        assert f"{at + 1} of {len(posts)} judged" in answer.text
    with archived.db.read() as session:
        labels = session.scalars(select(ArchiveLabel).order_by(ArchiveLabel.id)).all()
    assert [f"a{one.archive_id}" for one in labels] == gained
    assert [one.value for one in labels] == [1, 0, 1]
    end = browser.open(f"/topics/1/judge?{DRAFT}&post={posts[0]}&at=1").text
    assert "That was the last of them." in end
    assert "draft=1&amp;k=rollover" in end  # back to the draft, not to the saved topic


def test_a_judgement_of_a_signal_moves_its_evidence(browser: Browser, workspace: Workspace) -> None:
    index_posts(workspace)
    page = browser.open("/topics/1/judge?seed=2")
    posts = parse_qs(urlsplit(str(page.url)).query).get("post", [])
    assert posts
    assert all(key[0] == "s" for key in posts)
    answer = browser.send("/topics/1/judge", post=posts, at="0", do="no")  # type: ignore[arg-type] # a repeated field
    assert f"1 of {len(posts)} judged" in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"post": "a1", "at": "0", "do": "maybe"},
        {"post": "a1", "at": "7", "do": "yes"},
        {"post": "a1'; DROP TABLE topics", "at": "0", "do": "yes"},
        {"post": "a999", "at": "0", "do": "yes"},
    ],
)
def test_what_is_no_judgement_is_refused(
    browser: Browser, archived: Workspace, fields: dict[str, str]
) -> None:
    browser.open("/topics/1")
    answer = browser.send("/topics/1/judge", **fields)
    assert answer.status_code in {400, 404}
    with archived.db.read() as session:
        assert session.scalars(select(ArchiveLabel)).all() == []


def test_a_post_that_went_meanwhile_can_be_skipped(browser: Browser, archived: Workspace) -> None:
    page = browser.open("/topics/1/judge?post=a999&post=a1&at=0").text
    assert "kept no longer" in page
    assert 'data-key="skip"' in page
    assert 'data-key="yes"' not in page
