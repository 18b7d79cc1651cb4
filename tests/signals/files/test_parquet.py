"""Parquet tables as lines, and as engagements."""

from __future__ import annotations

import gzip
import io
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import parquet

from config.errors import Refused
from signals.collectors.contract import Engagement, Kind
from signals.files.formats import Decoder
from signals.files.lines import Source
from signals.files.parquet import ParquetSource, open_source

NOW = datetime(2026, 11, 25, tzinfo=UTC)
WHEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


def write(path: Path, rows: list[dict[str, Any]], **options: Any) -> str:
    parquet.write_table(pa.Table.from_pylist(rows), path, **options)
    return str(path)


def read(path: str, format: str = "auto") -> tuple[list[Engagement], list[str]]:  # noqa: A002 - as the option
    decoder = Decoder(network=None, format=format, now=NOW, future=timedelta(hours=48))
    source = open_source(path, 8_000_000, format)
    found: list[Engagement] = []
    bad: list[str] = []
    for line in source.lines():
        one = decoder.decode(line)
        found += one.engagements
        bad += [each.reason for each in one.bad]
    source.close()
    return found, bad


def own(number: int, **over: Any) -> dict[str, Any]:
    return {
        "external_id": f"p{number}", "kind": "post", "text": f"pension {number}\nsecond line",
        "author": {"external_id": f"u{number}", "handle": None}, "occurred_at": WHEN,
    } | over  # fmt: skip


def test_a_table_of_our_own_format(tmp_path: Path) -> None:
    found, bad = read(write(tmp_path / "own.parquet", [own(n) for n in range(2_000)]))
    assert (len(found), bad) == (2_000, [])
    assert found[0].text == "pension 0\nsecond line"
    assert (found[0].author.external_id, found[0].author.handle) == ("u0", None)
    assert found[0].occurred_at == WHEN


def test_a_flat_table_is_read_as_its_csv_would_be(tmp_path: Path) -> None:
    rows = [
        {"id": n, "body": f'he said, "pension"\n{n}', "author": "Ada", "date": WHEN, "x": 1.5}
        for n in range(3)
    ]
    rows[1]["author"] = None
    found, bad = read(write(tmp_path / "flat", rows))
    assert [one.external_id for one in found] == ["0", "2"]
    assert found[0].text == 'he said, "pension"\n0'
    assert found[0].author.external_id == "ada"
    assert bad == ["the author is empty"]


def test_reddits_objects(tmp_path: Path) -> None:
    rows = [
        {"id": "a1", "name": "t3_a1", "author": "ada", "title": "Pension?", "selftext": "which",
         "subreddit": "money", "created_utc": WHEN.replace(tzinfo=None), "score": float("nan")},
    ]  # fmt: skip
    ((one,), bad) = read(write(tmp_path / "reddit.pq", rows))
    assert (one.network, one.kind, one.occurred_at, bad) == ("reddit", Kind.POST, WHEN, [])


def test_it_is_told_by_content_name_or_format(tmp_path: Path) -> None:
    path = write(tmp_path / "nameless", [own(1)])
    assert isinstance(open_source(path, 1_000, "auto"), ParquetSource)
    assert isinstance(open_source("x.parquet", 1_000, "auto"), ParquetSource)
    assert not isinstance(open_source(str(tmp_path / "none"), 1_000, "auto"), ParquetSource)
    assert len(read(path, "parquet")[0]) == 1


def test_one_huge_row_group_is_read_in_small_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [own(n, text="x" * 2_000) for n in range(5_000)]
    path = write(tmp_path / "large.parquet", rows, row_group_size=5_000, compression="zstd")
    lines = open_source(path, 8_000_000, "auto").lines()
    before = pa.total_allocated_bytes()
    most = 0
    for number, _ in enumerate(lines):
        if number % 500 == 0:
            most = max(most, pa.total_allocated_bytes() - before)
    assert most < 6_000_000  # of 10 MB of words


def test_standard_input_may_be_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = Path(write(tmp_path / "own.parquet", [own(1)])).read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    source = open_source("-", 8_000_000, "parquet")
    assert len(list(source.lines())) == len(list(source.lines())) == 1
    source.close()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    with pytest.raises(Refused, match="--format parquet"):
        list(Source("-", 1_000).lines())


def test_progress_and_digest(tmp_path: Path) -> None:
    path = write(tmp_path / "own.parquet", [own(n) for n in range(1_000)])
    source = open_source(path, 8_000_000, "auto")
    assert len(list(source.lines())) == 1_000
    assert source.read_bytes == source.size
    again = open_source(path, 8_000_000, "auto")
    list(again.lines())
    assert source.digest.hexdigest() == again.digest.hexdigest()


@pytest.mark.parametrize("cut", [40, -30])
def test_a_damaged_table_is_refused(tmp_path: Path, cut: int) -> None:
    path = Path(write(tmp_path / "own.parquet", [own(1)]))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(Refused, match="Parquet table"):
        list(open_source(str(path), 1_000, "auto").lines())


def test_a_packed_table_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "own.parquet"
    path.write_bytes(gzip.compress(Path(write(tmp_path / "own", [own(1)])).read_bytes()))
    with pytest.raises(Refused, match="Parquet table"):
        list(open_source(str(path), 1_000, "auto").lines())


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="There is no file"):
        list(open_source(str(tmp_path / "none.parquet"), 1_000, "auto").lines())


def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "own.parquet", [own(1)])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(Refused, match="extra") as caught:
        list(open_source(path, 1_000, "auto").lines())
    assert "warmlist[parquet]" in caught.value.remedy


def test_a_row_longer_than_allowed_is_left_out(tmp_path: Path) -> None:
    path = write(tmp_path / "own.parquet", [own(1, text="x" * 5_000), own(2)])
    lines = list(open_source(path, 2_000, "auto").lines())
    assert [line.data is None for line in lines] == [True, False]
