"""``warmlist payloads check``, run as a developer runs it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.app.program import Program


def test_the_check_counts_names_and_ends_with_what_it_found(tmp_path: Path) -> None:
    folder = tmp_path / "payloads"
    page = {"data": [{"id": "1577730467436138524", "author_id": "7", "text": "Which fund?"}]}
    people = {"data": [{"id": "9", "username": "ada"}]}
    for name, body in {"x/get/page.json": page, "x/get/people.json": people}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(json.dumps(body), encoding="utf-8")
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    program = Program(tmp_path / "home")
    check = ["payloads", "check", str(folder)]
    whole, inside, table = program.run_each(
        [[*check, "--json"], ["payloads", "check", str(folder / "x"), "--json"], check]
    )
    assert whole.code == 0
    assert whole.document == inside.document == {
        "files": 2,
        "items": 2,
        "mapped": 1,
        "refused": {"not an engagement: profiles, settings, counts": 1},
        "unmapped": [],
        "exceptions": [],
    }  # fmt: skip
    assert "mapped" in table.out
    (folder / "friendster").mkdir()
    (folder / "friendster" / "a.json").write_text("{}", encoding="utf-8")
    unknown, missing = program.run_each(
        [[*check, "--json"], ["payloads", "check", str(tmp_path / "nowhere")]]
    )
    assert unknown.code == 3
    assert unknown.document["unmapped"][0]["file"] == "friendster/a.json"
    assert missing.code == 1
    assert "is no folder" in missing.line
