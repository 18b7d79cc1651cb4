"""Who an account is, said on the command line; what was said stands through another run."""

from __future__ import annotations

from pathlib import Path

from tests.app.program import Program, post


def test_an_account_is_named_either_way_and_a_correction_stands(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    first, more = tmp_path / "posts.jsonl", tmp_path / "more.jsonl"
    first.write_text(
        "\n".join(
            post(number, "Which pension should I choose?", network=network)
            for number, network in ((1, "bluesky"), (1, "mastodon"), (2, "bluesky"))
        ),
        encoding="utf-8",
    )
    more.write_text(post(2, "Buy my pension course now, link in bio", id="later",
                         network="bluesky"), encoding="utf-8")  # fmt: skip
    by = ["--by", "Dina", "--json"]
    steps: list[tuple[list[str], int, str]] = [
        (["init"], 0, ""),
        (["topic", "add", "Pensions", "--keyword", "pension"], 0, ""),
        (["import", str(first), "--shift-dates", "--json"], 0, ""),
        (["score", "--json"], 0, ""),
        (["identity", "set", "person1", "staff", *by], 1, "Give --network"),
        (["identity", "set", "mastodon:person1", "organisation", *by], 0, ""),
        (["identity", "set", "bluesky:@person1", "staff", *by], 0, ""),
        (["identity", "set", "person2", "person", *by], 0, ""),
        (["identity", "set", "lemmy:person1", "person", *by], 1, "There is no account"),
        (["identity", "set", "person9", "person", *by], 1, "There is no account"),
        (["identity", "set", "person2", "saint", *by], 2, "saint"),
        (["import", str(more), "--shift-dates", "--json"], 0, ""),
        (["score", "--json"], 0, ""),
        (["identity", "show", "bluesky:person2", "--json"], 0, ""),
        (["identity", "show", "person1", "--network", "mastodon", "--json"], 0, ""),
        (["identity", "show", "bluesky:person1", "--json"], 0, ""),
        (["identity", "clear", "bluesky:person2", *by], 0, ""),
    ]
    done = program.run_each([words for words, _, _ in steps])
    for (words, code, text), one in zip(steps, done, strict=True):
        assert one.code == code, (words, one.err)
        assert text in one.err, words
    assert [one.document["identity"] for one in done[13:16]] == ["person", "organisation", "staff"]
    history = done[13].document["history"]
    assert [row["by"] for row in history if row["source"] == "person"] == ["Dina"]
    assert done[16].document["identity"] != "staff"
