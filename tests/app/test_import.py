"""Import: nothing twice, bad lines set aside, dates moved, interruptions survived."""

from __future__ import annotations

import gzip
import json
import os
import signal
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import zstandard
from sqlalchemy import select

from app.bootstrap import Workspace, open_workspace
from app.importing import ImportOrder, ImportResult, run_import
from models import FileImport, Signal
from signals.catalog import create_topic
from signals.scoring.rules import RuleScorer
from tests.app.program import WITHOUT_RIGHTS, Program, ask, count_rows, post, wait_until

_TEXT = "Who can help with a 401k rollover?"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A workspace with a topic that listens for 401k; tests use ids of their own."""
    return _prepare(tmp_path_factory.mktemp("import") / "home")


def _prepare(home: Path) -> Program:
    made = Program(home)
    outcomes = made.run_each([["init"], ["topic", "add", "Money", "--keyword", "401k"]])
    assert [outcome.code for outcome in outcomes] == [0, 0]
    return made


def _write(path: Path, numbers: range) -> Path:
    path.write_text("".join(post(n, f"{_TEXT} {n}") + "\n" for n in numbers), encoding="utf-8")
    return path


def _ids(program: Program, first: int, last: int) -> list[int]:
    found = [int(row[0].split("-")[1]) for row in ask(program, "SELECT external_id FROM signals")]
    return sorted(number for number in found if first <= number <= last)


def test_the_same_file_again_stores_nothing_twice(program: Program, tmp_path: Path) -> None:
    file = _write(tmp_path / "posts.jsonl", range(100, 150))
    outcomes = program.run_each([["import", str(file), "--json"]] * 2)
    counts = [
        [outcome.document[name] for name in ("read", "matched", "stored", "duplicate")]
        for outcome in outcomes
    ]
    assert counts == [[50, 50, 50, 0], [50, 50, 0, 50]]
    assert _ids(program, 100, 149) == list(range(100, 150))


def test_standard_input_and_every_compression_are_the_same_file(
    program: Program, tmp_path: Path
) -> None:
    data = _write(tmp_path / "posts.jsonl", range(200, 210)).read_bytes()
    (tmp_path / "posts.jsonl.gz").write_bytes(gzip.compress(data))
    (tmp_path / "posts.jsonl.zst").write_bytes(zstandard.compress(data))
    fed = program.run("import", "-", "--json", feed=data).document
    files = [tmp_path / f"posts.jsonl{suffix}" for suffix in ("", ".gz", ".zst")]
    read = program.run_each([["import", str(file), "--json"] for file in files])
    assert fed["stored"] == 10
    assert [outcome.document["duplicate"] for outcome in read] == [10, 10, 10]
    hashes = ask(program, "SELECT DISTINCT content_hash FROM imports WHERE read = 10")
    assert len(hashes) == 1


def test_bad_lines_are_counted_shown_kept_and_passed_over(program: Program, tmp_path: Path) -> None:
    good = [post(n, _TEXT).encode() for n in range(300, 304)]
    bad = [
        b"{not json",
        b'{"external_id": "x"}',
        b'{"text": "caf\xe9 401k"}',
        post(390, "401k \x00 x").replace("\\u0000", "\x00").encode(),
        post(391, _TEXT, minutes_ago=None, occurred_at="9999-12-31T00:00:00Z").encode(),
        post(392, _TEXT, minutes_ago=None, occurred_at="soon").encode(),
        post(393, _TEXT, kind="dance").encode(),
        post(394, _TEXT, minutes_ago=1e300).encode(),
        b"[" * 100_000,
    ]
    file = tmp_path / "mixed.jsonl"
    file.write_bytes(b"\n".join([good[0], *bad, *good[1:], b"", b"  "]) + b"\n")
    told, again = program.run_each([["import", str(file)], ["import", str(file), "--json"]])
    assert (told.code, again.code) == (3, 3)
    assert "13 read, 4 matched, 4 stored, 0 duplicate, 0 suppressed, 9 malformed" in told.out
    lines = told.err.splitlines()
    assert [line.split(":")[0] for line in lines[:5]] == [f"line {n}" for n in range(2, 7)]
    assert lines[4] == "line 6: the date 9999-12-31 cannot be right"
    assert lines[5] == "and 4 more"
    kept = Path(lines[6].removeprefix("Malformed lines are kept in ")).read_text(encoding="utf-8")
    rows = [json.loads(line) for line in kept.splitlines()]
    assert [row["line"] for row in rows] == list(range(2, 11))
    assert all(row["reason"] for row in rows)
    assert rows[0]["raw"] == "{not json"
    assert _ids(program, 300, 399) == [300, 301, 302, 303]
    assert again.err == ""
    assert (again.document["duplicate"], again.document["malformed"]) == (4, 9)
    assert [problem["number"] for problem in again.document["problems"]] == [2, 3, 4, 5, 6]


def test_a_line_of_50_megabytes_costs_no_memory(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "long.jsonl"
    with file.open("wb") as stream:
        stream.write(post(400, _TEXT).encode() + b"\n")
        stream.write(b'{"external_id": "long", "text": "401k ')
        for _ in range(50):
            stream.write(b"x" * (1 << 20))
        stream.write(b'"}\n' + post(401, _TEXT).encode() + b"\n")
    without = tmp_path / "short.jsonl"
    without.write_text(post(402, _TEXT) + "\n" + post(403, _TEXT) + "\n")
    usual = program.run("import", str(without), "--json").document["peak_mb"]
    document = program.run("import", str(file), "--json", code=3).document
    assert (document["stored"], document["malformed"]) == (2, 1)
    assert document["problems"][0]["number"] == 2
    assert "longer than allowed" in document["problems"][0]["reason"]
    assert document["peak_mb"] < usual + 25  # half the line; what is loaded anyway may grow


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
def test_a_truncated_file_gives_what_came_before(
    program: Program, tmp_path: Path, pack: Callable[[bytes], bytes]
) -> None:
    start = 1000 if pack is gzip.compress else 3000
    # Random words, so that the compressed data is long enough to be cut anywhere.
    lines = [post(n, f"{_TEXT} {os.urandom(600).hex()}") for n in range(start, start + 400)]
    data = pack("\n".join(lines).encode())
    (tmp_path / "cut").write_bytes(data[: len(data) * 3 // 4])
    (tmp_path / "whole").write_bytes(data)
    told, again = program.run_each(
        [["import", str(tmp_path / "cut")], ["import", str(tmp_path / "whole"), "--json"]]
    )
    assert (told.code, again.code) == (1, 0)
    assert "ends in the middle, after line" in told.line
    assert "What came before is stored" in told.line
    before = again.document["duplicate"]
    assert 100 < before < 400
    assert again.document["stored"] == 400 - before
    assert _ids(program, start, start + 399) == list(range(start, start + 400))


def test_a_file_that_is_not_what_it_says_is_one_line(program: Program, tmp_path: Path) -> None:
    (tmp_path / "plain.gz").write_text(post(500, _TEXT) + "\n")
    (tmp_path / "archive.jsonl").write_bytes(b"PK\x03\x04" + bytes(100))
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.7\n" + bytes(100))
    (tmp_path / "picture.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    (tmp_path / "damaged.gz").write_bytes(gzip.compress(b"x" * 9000)[:20] + b"\xff" * 4000)
    (tmp_path / "prose.txt").write_text("Dear all,\nplease find enclosed\nour figures.\n")
    (tmp_path / "figures.csv").write_text("month,total\n1,2\n")
    (tmp_path / "page.html").write_text("<html><body>401k</body></html>\n")
    said = {
        "plain.gz": "not compressed that way",
        "archive.jsonl": "a zip archive",
        "letter.pdf": "PDF",
        "picture.jsonl": "column",
        "damaged.gz": "damaged",
        "prose.txt": "column",
        "figures.csv": "column for text, author, date",
        "page.html": "column",
    }
    before = count_rows(program, "signals")
    outcomes = program.run_each([["import", str(tmp_path / name)] for name in said])
    for (name, says), outcome in zip(said.items(), outcomes, strict=True):
        assert (outcome.code, outcome.out) == (1, ""), (name, outcome)
        assert says in outcome.line, name
        assert name in outcome.line
    assert count_rows(program, "signals") == before


def test_an_empty_file_is_nothing_read(program: Program, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_bytes(b"")
    (tmp_path / "empty.jsonl.gz").write_bytes(gzip.compress(b""))
    files = [str(tmp_path / "empty.jsonl"), str(tmp_path / "empty.jsonl.gz")]
    outcomes = program.run_each(
        [["import", file, *more, "--json"] for file in files for more in ([], ["--shift-dates"])]
    )
    assert [(one.code, one.document["read"]) for one in outcomes] == [(0, 0)] * 4


def test_a_path_that_cannot_be_read_is_one_line(program: Program, tmp_path: Path) -> None:
    closed = _write(tmp_path / "closed.jsonl", range(1))
    closed.chmod(0)
    outcomes = program.run_each(
        [
            ["import", str(tmp_path / "none.jsonl")],
            ["import", str(tmp_path / "none.jsonl"), "--shift-dates"],
            ["import", str(tmp_path)],
            ["import", str(closed / "below")],
            ["import", "x" * 5000],
            ["import", "bad\udcff.jsonl"],
        ]
    )
    says = ["no file", "no file", "is a folder", "cannot be read", "cannot be read", "no file"]
    for outcome, expected in zip(outcomes, says, strict=True):
        assert outcome.code == 1
        assert expected in outcome.line
    bound = Program(program.home, before=WITHOUT_RIGHTS)
    assert "cannot be read: Permission denied" in bound.run("import", str(closed), code=1).line


def test_without_a_topic_it_says_what_to_do(tmp_path: Path) -> None:
    made = Program(tmp_path / "home")
    file = _write(tmp_path / "posts.jsonl", range(3))
    refused = made.run_each([["init"], ["import", str(file)]])[1]
    assert refused.code == 1
    assert "warmlist topic add NAME --keyword PHRASE" in refused.line
    assert count_rows(made, "imports") == 0


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_import_run_again_has_every_item_once(
    tmp_path: Path, how: signal.Signals
) -> None:
    program = _prepare(tmp_path / "home")
    slow = Program(program.home, {"WARMLIST_IMPORTING__PAGE_ROWS": "20"})
    file = _write(tmp_path / "posts.jsonl", range(3000))
    process = slow.start("import", str(file))
    wait_until(lambda: count_rows(program, "signals") >= 200)
    process.send_signal(how)
    out, err = process.communicate(timeout=60)
    assert process.returncode == (-9 if how is signal.SIGKILL else 130)
    assert out == ""
    assert err.startswith("warmlist: Stopped.") or how is signal.SIGKILL
    assert "Traceback" not in err
    stored = count_rows(program, "signals")
    assert 200 <= stored < 3000, "it was over before it was interrupted"
    document = program.run("import", str(file), "--json").document
    assert (document["stored"], document["duplicate"]) == (3000 - stored, stored)
    assert _ids(program, 0, 2999) == list(range(3000))
    assert ask(program, "SELECT count(*) FROM signals WHERE scored_at IS NULL") == [(0,)]
    assert ask(program, "SELECT count(*), count(DISTINCT signal_id) FROM scores") == [(3000, 3000)]


class TestShiftDates:
    """In this process, with a clock of its own."""

    @pytest.fixture
    def workspace(self, now: datetime) -> Iterator[Workspace]:
        made = open_workspace(must_exist=False)
        made.db.migrate()
        with made.db.write() as session:
            create_topic(
                session, name="Money", keywords=["401k"], exclusions=[], languages=[],
                communities=[], description="", defaults=made.settings.topic, now=now,
            )  # fmt: skip
        yield made
        made.db.close()

    @pytest.fixture
    def data(self) -> bytes:
        dates = ("2019-03-01T10:00:00Z", "2019-03-04T10:00:00Z", "2019-02-01T10:00:00Z")
        lines = [post(n, _TEXT, minutes_ago=None, occurred_at=date) for n, date in enumerate(dates)]
        return "\n".join(lines).encode()

    @staticmethod
    def _import(workspace: Workspace, file: Path, now: datetime) -> ImportResult:
        order = ImportOrder(str(file), shift_dates=True)
        return run_import(workspace, order, scorer=RuleScorer, clock=lambda: now)

    @staticmethod
    def _dates(workspace: Workspace) -> list[datetime]:
        with workspace.db.read() as session:
            return list(session.scalars(select(Signal.occurred_at).order_by(Signal.external_id)))

    def test_the_newest_becomes_now(
        self, workspace: Workspace, tmp_path: Path, data: bytes, now: datetime
    ) -> None:
        file = tmp_path / "old.jsonl"
        file.write_bytes(data)
        assert self._import(workspace, file, now).stored == 3
        assert self._dates(workspace) == [
            now - timedelta(days=3), now, now - timedelta(days=31)
        ]  # fmt: skip

    def test_the_same_content_moves_by_the_same_amount_on_a_later_day(
        self, workspace: Workspace, tmp_path: Path, data: bytes, now: datetime
    ) -> None:
        plain, packed = tmp_path / "old.jsonl", tmp_path / "old.jsonl.gz"
        plain.write_bytes(data)
        packed.write_bytes(gzip.compress(data))
        first = self._import(workspace, plain, now)
        dates = self._dates(workspace)
        later = [
            self._import(workspace, plain, now + timedelta(days=2)),
            self._import(workspace, packed, now + timedelta(days=5)),
        ]
        assert [result.shift_seconds for result in later] == [first.shift_seconds] * 2
        assert [result.duplicate for result in later] == [3, 3]
        assert self._dates(workspace) == dates
        other = tmp_path / "other.jsonl"
        other.write_bytes(data + b"\n")
        moved = self._import(workspace, other, now + timedelta(days=7))
        assert moved.shift_seconds == (first.shift_seconds or 0) + 7 * 86400

    def test_an_interruption_forgets_no_shift(
        self, workspace: Workspace, tmp_path: Path, data: bytes, now: datetime
    ) -> None:
        file = tmp_path / "old.jsonl"
        file.write_bytes(data)

        def interrupt(_done: int, _size: int | None) -> None:
            raise KeyboardInterrupt

        settings = workspace.settings.model_copy(
            update={"importing": workspace.settings.importing.model_copy(update={"page_rows": 1})}
        )
        hasty = Workspace(settings, workspace.db)
        order = ImportOrder(str(file), shift_dates=True)
        with pytest.raises(KeyboardInterrupt):
            run_import(
                hasty, order, scorer=RuleScorer, progress=interrupt, clock=lambda: now
            )  # fmt: skip
        assert len(self._dates(workspace)) == 1
        rest = self._import(workspace, file, now + timedelta(days=1))
        assert (rest.stored, rest.duplicate) == (2, 1)
        assert self._dates(workspace) == [
            now - timedelta(days=3), now, now - timedelta(days=31)
        ]  # fmt: skip

    def test_a_date_that_cannot_be_right_moves_nothing_else(
        self, workspace: Workspace, tmp_path: Path, data: bytes, now: datetime
    ) -> None:
        file = tmp_path / "old.jsonl"
        typo = post(9, _TEXT, minutes_ago=None, occurred_at="2919-03-04T10:00:00Z").encode()
        file.write_bytes(data + b"\n" + typo)
        result = self._import(workspace, file, now)
        assert (result.stored, result.malformed) == (3, 1)
        assert max(self._dates(workspace)) == now

    def test_an_import_is_on_record(
        self, workspace: Workspace, tmp_path: Path, data: bytes, now: datetime
    ) -> None:
        file = tmp_path / "caf\udce9.jsonl"  # a name from another century's file system
        file.write_bytes(data)
        result = self._import(workspace, file, now)
        with workspace.db.read() as session:
            row = session.scalars(select(FileImport)).one()
        assert (row.read, row.matched, row.stored, row.shift_seconds) == (
            3, 3, 3, result.shift_seconds,
        )  # fmt: skip
        assert (row.started_at, row.ended_at) == (now, now)


def test_words_that_must_go_soon_are_spoken_of(program: Program, tmp_path: Path) -> None:
    rows = [
        {
            "network": network, "external_id": f"soon-{network}-{again}", "kind": "post",
            "author": {"external_id": network}, "text": _TEXT,
            "occurred_at": "2026-11-25T12:00:00Z",
        }
        for network in ("reddit", "forum", "x")
        for again in ("a", "b")
    ]  # fmt: skip
    path, twice, other = tmp_path / "one.jsonl", tmp_path / "two.jsonl", tmp_path / "three.jsonl"
    path.write_text(json.dumps(rows[0]) + "\n", encoding="utf-8")
    twice.write_text(json.dumps(rows[1]) + "\n" + json.dumps(rows[2]) + "\n", encoding="utf-8")
    other.write_text(json.dumps(rows[3]) + "\n", encoding="utf-8")
    month, again = tmp_path / "four.jsonl", tmp_path / "five.jsonl"
    month.write_text(json.dumps(rows[4]) + "\n", encoding="utf-8")
    again.write_text(json.dumps(rows[5]) + "\n", encoding="utf-8")
    told, named, silent, of_x, x_named = program.run_each(
        [["import", str(path)], ["import", str(twice), "--json"], ["import", str(other)],
         ["import", str(month)], ["import", str(again), "--json"]]
    )  # fmt: skip
    assert "Words from Reddit are kept for 48 hours" in told.out
    assert named.document["words_days"] == {"reddit": 2.0}
    assert "Words from" not in silent.out
    assert "Words from X are kept for 30 days" in of_x.out
    assert "without seeing them there again" not in of_x.out
    assert x_named.document["words_days"] == {"x": 30.0}
