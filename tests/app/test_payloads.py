"""``warmlist payloads check``, run as a developer runs it."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

from tests.app.program import WITHOUT_RIGHTS, Program


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


CASSETTE = """
http_interactions:
- request: {method: get, uri: "https://api.x.com/2/tweets/search/recent"}
  recorded_at: 2026-11-25 12:00:00
  response:
    status: {code: 200, message: OK}
    headers: {Date: ["Wed, 25 Nov 2026 12:00:00 GMT"]}
    body:
      encoding: UTF-8
      string: %s
"""


def test_cassettes_as_yaml_are_read_and_odd_ones_refused(tmp_path: Path) -> None:
    page = {"data": [{"id": "1577730467436138524", "author_id": "7", "text": "Which fund?"}]}
    body = json.dumps(page)
    packed = base64.b64encode(gzip.compress(body.encode())).decode()
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    for name, text in {
        "text.yml": CASSETTE % json.dumps(body),
        "ruby.yaml": CASSETTE % f"!binary |-\n        {packed}",
        "python.yaml": CASSETTE % f"!!binary |\n        {packed}",
        "bomb.yaml": bomb,
        "code.yaml": "!!python/object/apply:os.system ['true']",
        "broken.yaml": "a: [1, 2",
        "deep.yaml": "[" * 50_000,
        "deep.json": '{"a":' * 100_000,
    }.items():
        (tmp_path / "payloads" / "x").mkdir(parents=True, exist_ok=True)
        (tmp_path / "payloads" / "x" / name).write_text(text, encoding="utf-8")
    (tmp_path / "empty").mkdir()
    program = Program(tmp_path / "home")
    found, empty, file = program.run_each(
        [
            ["payloads", "check", str(tmp_path / one), "--json"]
            for one in ("payloads", "empty", "payloads/x/bomb.yaml")
        ]
    )
    assert found.code == 0
    assert found.document["mapped"] == 3
    assert found.document["refused"]["malformed: YAML with aliases"] == 1
    assert found.document["refused"]["malformed: broken YAML"] == 2
    assert found.document["refused"]["malformed: YAML nested too deep"] == 1
    assert found.document["unmapped"] == found.document["exceptions"] == []
    assert (empty.code, empty.document["files"]) == (0, 0)
    assert "holds no payloads" in empty.err
    assert file.code == 1
    assert "is a file, no folder" in file.line


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "payloads" / "x").mkdir(parents=True)
    (tmp_path / "payloads" / "x" / "a.json").write_text("{}", encoding="utf-8")
    (tmp_path / "payloads" / "x" / "a.json").chmod(0)
    program = Program(tmp_path / "home", before=WITHOUT_RIGHTS)
    found = program.run("payloads", "check", str(tmp_path / "payloads"), "--json", code=3)
    assert found.document["unmapped"] == [
        {"file": "x/a.json", "why": "it cannot be read: Permission denied"}
    ]
