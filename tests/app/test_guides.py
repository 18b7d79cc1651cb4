"""The guides do what they say: every command in them runs, and says what stands under it."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.app.program import ROOT, Program, post

# Four people in their own words: the same words from several accounts are a seller's.
_ASKING = (
    "Can anyone recommend somebody who helps with a 401k rollover? We retire in March.",
    "Who would you recommend for a second opinion on my 401k before I hand in my notice?",
    "My husband has a 401k from an old job. Can somebody recommend an adviser in Ohio?",
    "Looking for an adviser who understands a 401k with company stock. Any recommendations?",
)


def read_commands(guide: str) -> list[tuple[list[str], list[str]]]:
    """The commands of a guide's console blocks with the words shown under each."""
    commands: list[tuple[list[str], list[str]]] = []
    inside = False
    for line in (ROOT / "docs" / guide).read_text(encoding="utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ warmlist "):
            commands.append((shlex.split(line.removeprefix("$ warmlist ")), []))
        elif inside:
            commands[-1][1].append(line)
    return commands


@pytest.mark.parametrize(
    "guide", ["touches.md", "honesty.md", "rewards.md", "planning.md", "studio.md"]
)
def test_a_guide_can_be_followed(guide: str, tmp_path: Path) -> None:
    program = Program(tmp_path / "home", {"WARMLIST_SCORING__SCORER": "rules"})
    file = tmp_path / "posts.jsonl"
    file.write_text("\n".join(post(n, text) for n, text in enumerate(_ASKING)) + "\n")
    before = [
        ["init"],
        ["topic", "add", "Retirement", "--keyword=401k"],
        ["team", "add", "East", "--weekend", "none"],
        ["rep", "add", "Ines", "--team", "East", "--quota", "4", "--per", "week"],
        ["import", str(file)],
        ["lists", "build"],
    ]
    if guide != "touches.md":
        before.append(["touch", "1", "--channel", "message", "--disposition", "contacted"])
    commands = read_commands(guide)
    assert commands
    outcomes = program.run_each([*before, *(words for words, _ in commands)])
    for (words, says), outcome in zip(commands, outcomes[len(before) :], strict=True):
        assert outcome.code == 0, (words, outcome)
        for line in says:
            assert line in outcome.out, (words, outcome.out)
