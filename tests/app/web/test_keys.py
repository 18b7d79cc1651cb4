"""Which keys do what: kept with the account, off for who wants none, and never two for one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.testing import TestClient

from app.access.keys import USUAL, BadKey, keys_of, read_keys
from app.access.secrets import hash_password
from app.access.users import create_user
from app.web.application import create_app
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace

_PASSWORD = "correct horse battery"


@pytest.fixture
def signed_in(tmp_path: Path) -> Iterator[Browser]:
    workspace = open_small_workspace(tmp_path / "home", "closed")
    with workspace.db.write() as session:
        rep_id = fill(session).id
        create_user(
            session, email="rep@example.org", name="Noor", role="rep", rep_id=rep_id,
            password_hash=hash_password(_PASSWORD, workspace.settings.access), now=NOW,
        )  # fmt: skip
    with TestClient(create_app(workspace, SettableClock()), base_url="http://127.0.0.1") as client:
        browser = Browser(client)
        browser.open("/sign-in")
        browser.send("/sign-in", email="rep@example.org", password=_PASSWORD)
        yield browser
    workspace.db.close()


@given(st.dictionaries(st.sampled_from(sorted(USUAL)), st.text(max_size=2)))
def test_whatever_is_wished_no_key_does_two_things(wanted: dict[str, str]) -> None:
    try:
        stored = read_keys(wanted, on=True)
    except BadKey:
        return
    letters = {**USUAL, **dict(keys_of(stored)[1])}
    assert len(set(letters.values())) == len(USUAL)
    assert not any(key.isdecimal() for key in letters.values())


def test_keys_are_chosen_and_switched_off_with_the_account(signed_in: Browser) -> None:
    page = signed_in.open("/today").text
    assert 'data-keys="on"' in page
    assert "<kbd>J</kbd>" in page
    signed_in.open("/account")
    page = signed_in.send("/account/keys", on="yes", next="n", previous="p").text
    assert 'name="next" value="n"' in page
    today = signed_in.open("/today").text
    assert "<kbd>N</kbd>" in today
    assert "<kbd>J</kbd>" not in today
    signed_in.send("/account/keys/switch", on="")
    today = signed_in.open("/today").text
    assert 'data-keys="off"' in today
    assert "<kbd>N</kbd>" in today  # what was chosen stays


@pytest.mark.parametrize("wanted", [{"next": "k"}, {"call": "1"}, {"undo": "ab"}])
def test_a_key_that_cannot_be_is_said_beside_it(signed_in: Browser, wanted: dict[str, str]) -> None:
    signed_in.open("/account")
    answer = signed_in.send("/account/keys", on="yes", **wanted)
    assert answer.status_code == 400
    assert 'aria-invalid="true" aria-describedby="slip"' in answer.text
    (value,) = wanted.values()
    assert f'value="{value}"' in answer.text


def test_a_handle_is_found_by_whoever_may_know_them(signed_in: Browser) -> None:
    page = signed_in.open("/search?q=%40HARBOR").text
    assert "1 found" in page
    assert "sample_harborlight" in page
    assert "Nobody of that name here" in signed_in.open("/search?q=100%25_").text
    assert "autofocus" in signed_in.open("/search").text
