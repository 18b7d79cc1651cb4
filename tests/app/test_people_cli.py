"""Two accounts become one person only where both pages say so and a manager agrees."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.profiles import check_profiles
from config.errors import Refused
from config.settings import load_settings
from tests.app.program import Program, post
from tests.fakes.profiles import serve_profiles

NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture
def site() -> Iterator[str]:
    with serve_profiles() as address:
        yield address


def test_both_pages_are_read(site: str) -> None:
    def check(first: str, second: str, proof: str) -> set[str]:
        found = check_profiles(
            f"{site}/{first}", f"{site}/{second}", proof=proof, settings=load_settings(), now=NOW,
            allow_hosts=("127.0.0.1",),
        )  # fmt: skip
        return set(found) - {"first", "second"}

    assert check("a", "b", "profile_links") == {"first_seen_at", "second_seen_at"}
    assert check("a", "b", "rel_me") == {"first_seen_at"}
    assert check("a", "d", "rel_me") == {"first_seen_at", "second_seen_at"}
    assert check("a", "c", "profile_links") == {"second_seen_at"}
    with pytest.raises(Refused, match="cannot be read"):
        check("a", "missing", "rel_me")
    with pytest.raises(Refused, match="cannot be read"):  # a private address, not let through
        check_profiles(f"{site}/a", f"{site}/b", proof="rel_me", settings=load_settings(), now=NOW)


def test_propose_decide_undo(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    posts = tmp_path / "posts.jsonl"
    lines = [
        post(1, "Which pension should I choose?", network="bluesky"),
        post(2, "Which pension should I choose?", network="mastodon"),
        post(3, "Which pension should I choose?", network="reddit"),
    ]
    posts.write_text("\n".join(lines), encoding="utf-8")
    on = {"WARMLIST_PEOPLE__LINK_ACCOUNTS": "true"}
    consent = ["--proof", "consent", "--record", "letter of 3 May", "--json"]
    pair = ["bluesky:person1", "mastodon:person2"]
    steps: list[tuple[list[str], dict[str, str]]] = [
        (["init"], {}),
        (["topic", "add", "Pensions", "--keyword", "pension"], {}),
        (["import", str(posts), "--shift-dates", "--json"], {}),
        (["people", "propose-link", *pair, *consent], {}),
        (["people", "propose-link", "bluesky:person1", "reddit:person3", *consent], on),
        (["people", "propose-link", *pair, *consent], on),
        (["people", "decide-link", "1", "--accept", "--by", "Maja", "--reason", "x", "--json"], on),
        (["people", "show", "--json"], {}),
        (["people", "unlink", "1", "--by", "Maja", "--json"], {}),
        (["people", "unlink", "1"], {}),
        (["people", "propose-link", *pair], on),
    ]
    done = program.run_each([words for words, _ in steps], [given for _, given in steps])
    assert [one.code for one in done] == [0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 2], [o.err for o in done]
    assert "off in this workspace" in done[3].err
    assert "never linked" in done[4].err
    assert done[5].document["state"] == "proposed"
    assert done[6].document["state"] == "accepted"
    assert [one["decided_by"] for one in done[7].document] == ["Maja"]
    assert done[8].document["state"] == "undone"
    assert "No network told the page of bluesky:person1" in done[10].err


def test_where_people_sign_in_links_and_weights_are_decided_by_a_user_with_the_role(
    tmp_path: Path,
) -> None:
    program = Program(tmp_path / "home")
    posts = tmp_path / "posts.jsonl"
    posts.write_text(
        "\n".join(
            post(number, "Which pension should I choose?", network=network)
            for number, network in ((1, "bluesky"), (2, "mastodon"))
        ),
        encoding="utf-8",
    )
    on = {"WARMLIST_PEOPLE__LINK_ACCOUNTS": "true"}
    pair = ["people", "propose-link", "bluesky:person1", "mastodon:person2"]
    consent = ["--proof", "consent", "--record", "letter of 3 May"]
    decide = ["people", "decide-link", "1", "--accept", "--reason", "both say so"]
    add = ["user", "add", "--password-stdin"]
    setup = [
        ["init"],
        ["topic", "add", "Pensions", "--keyword", "pension"],
        ["import", str(posts), "--shift-dates", "--json"],
        ["team", "add", "East"],
        ["rep", "add", "Noor", "--team", "East", "--quota", "50"],
    ]
    for done in program.run_each(setup):
        assert done.code == 0, done.err
    for words in (
        ["noor@example.org", "--rep", "Noor"], ["mona@example.org", "--team", "East"],
        ["ada@example.org", "--admin"],
    ):  # fmt: skip
        done = program.run(*add, *words, feed="a long enough one\n")
        assert done.code == 0, done.err
    weigh = ["warmth", "set", "like=0.4", "--why", "likes are cheap"]
    steps = [
        ([*pair, *consent], 2, "Say --by"),
        ([*pair, *consent, "--by", "Maja"], 1, "There is no user"),
        ([*pair, *consent, "--by", "noor@example.org"], 1, "There is no account"),  # nobody's
        ([*pair, *consent, "--by", "ada@example.org"], 0, ""),
        ([*decide, "--by", "noor@example.org"], 1, "is a rep, who may not do this"),
        ([*decide, "--by", "mona@example.org"], 1, "There is no link 1"),  # not her reps' people
        ([*decide[:-2], "--by", "ada@example.org"], 2, "Why are they one person"),
        ([*decide, "--by", "ADA@example.org"], 0, ""),
        ([*weigh, "--by", "noor@example.org"], 1, "is a rep, who may not do this"),
        ([*weigh, "--by", "Maja"], 1, "There is no user"),
        ([*weigh, "--by", "mona@example.org"], 0, ""),
        (["people", "unlink", "1", "--by", "noor@example.org"], 1, "may not do this"),
        (["people", "unlink", "1", "--by", "ada@example.org"], 0, ""),
    ]
    done_each = program.run_each([words for words, _, _ in steps], [on] * len(steps))
    for (words, code, text), done in zip(steps, done_each, strict=True):
        assert done.code == code, (words, done.err)
        assert text in done.err
