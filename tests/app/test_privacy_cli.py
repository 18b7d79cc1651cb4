"""The rights of people concerned and the suppression list, as an operator uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.program import Program, post


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


def test_find_export_erase_and_the_list(program: Program, tmp_path: Path) -> None:
    posts = tmp_path / "posts.jsonl"
    posts.write_text(
        "\n".join(
            post(
                number,
                "Which pension should I choose?",
                author={"external_id": f"u{number}", "handle": f"name{number}"},
            )
            for number in (1, 2, 3)
        ),
        encoding="utf-8",
    )
    page, arabic = tmp_path / "all.html", tmp_path / "arabic.html"
    names = tmp_path / "names.csv"
    names.write_text("kind,value\nhandle,@name2\nphone,abc\n", encoding="utf-8")
    steps = [
        ["init"],
        ["topic", "add", "Pensions", "--keyword", "pension"],
        ["import", str(posts), "--shift-dates", "--json"],
        ["privacy", "find", "@NAME1", "--json"],
        ["privacy", "export", "name1", "--out", str(page)],
        ["privacy", "export", "nobody"],
        ["privacy", "erase", "name1", "--yes", "--by", "Maja"],
        ["privacy", "find", "name1", "--json"],
        ["suppress", "import", str(names), "--json"],
        ["suppress", "list", "--json"],
        ["privacy", "object", "never_seen"],
        ["import", str(posts), "--shift-dates", "--json"],
        ["suppress", "export"],
        ["privacy", "notices", "--json"],
        ["privacy", "erase", "name3"],
        ["suppress", "add", "corp.example"],
        ["suppress", "remove", "corp.example", "--json"],
        ["suppress", "import", str(tmp_path / "missing.csv")],
        ["--lang", "ar", "privacy", "export", "name3", "--out", str(arabic)],
    ]
    done = program.run_each(steps)
    codes = [one.code for one in done]
    assert codes == [0, 0, 0, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0], [
        one.err for one in done
    ]
    assert done[3].document["people"][0]["accounts"] == ["file:name1"]
    assert "name1" in page.read_text(encoding="utf-8")
    assert '<html lang="ar" dir="rtl">' in arabic.read_text(encoding="utf-8")
    assert "What we hold" not in arabic.read_text(encoding="utf-8")
    assert "Nothing is stored about 'nobody'" in done[5].err
    after = done[7].document
    assert after["people"] == []
    assert [(one["action"], one["by"]) for one in after["done"]][-1] == ("erase", "Maja")
    assert done[8].document == {
        "read": 2, "added": 1, "known": 0, "refused": 1, "refused_rows": [2], "people": 1,
        "shared": [],
    }  # fmt: skip
    assert "row 2" in done[8].err
    assert done[9].document["handle"] >= 2
    assert done[11].document["stored"] == 0
    assert "name" not in done[12].out.replace("kind,network", "")
    assert json.loads(done[13].out)
    assert done[16].document == {"people": 0}
    assert "There is no file" in done[17].err
    assert "- reads the list" in done[17].err
