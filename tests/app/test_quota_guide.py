"""docs/quotas.md: every command in it is run, and what it shows is what comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.app.program import ROOT, Program, own_words, post

GUIDE = ROOT / "docs" / "quotas.md"
# The guide's day: Monday 23 November 2026, eight in the morning, UTC.
_CLOCK = """
import datetime
import app.bootstrap
app.bootstrap.read_clock = lambda: datetime.datetime(2026, 11, 23, 8, 0, tzinfo=datetime.UTC)
"""
_COMMENT = "{} on retirement planning? I retire in March and am looking for an adviser. {}"
_OPENINGS = (
    "Can anyone recommend somebody who advises", "Who would you recommend for help",
    "I need advice", "Which adviser should I choose",
)  # fmt: skip


def read_blocks(text: str) -> list[tuple[str, list[str]]]:
    """Commands of ``console`` blocks, each with the lines it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line.removeprefix("$ "), []))
            else:
                found[-1][1].append(line)
    return found


def test_the_guide_shows_what_happens(tmp_path: Path) -> None:
    comments = [
        post(n, _COMMENT.format(_OPENINGS[n % 4], own_words(n)), kind="comment",
             target_external_id=f"thread-{n % 7}")
        for n in range(60)
    ]  # fmt: skip
    (tmp_path / "comments.jsonl").write_text("\n".join(comments) + "\n", encoding="utf-8")
    program = Program(
        tmp_path / "home", environment={"WARMLIST_SCORING__SCORER": "rules"}, before=_CLOCK
    )
    blocks = read_blocks(GUIDE.read_text(encoding="utf-8"))
    assert len(blocks) >= 12
    outcomes = program.run_each([shlex.split(command)[1:] for command, _ in blocks])
    for (command, expected), outcome in zip(blocks, outcomes, strict=True):
        assert outcome.code == 0, (command, outcome)
        printed = [line.rstrip() for line in outcome.out.splitlines()]
        wanted = [line.rstrip() for line in expected]
        if not wanted:
            continue
        if wanted[-1] == "…":
            assert printed[: len(wanted) - 1] == wanted[:-1], command
        else:
            assert printed == wanted, command
