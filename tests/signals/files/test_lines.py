from __future__ import annotations

import gzip
import hashlib
import io
import sys
import tracemalloc
import zipfile
from pathlib import Path

import pytest
import zstandard

from config.errors import Refused
from signals.files.lines import Line, Source, Truncated

LIMIT = 1 << 20
ROWS = [
    b'{"text": "%s"}\n' % hashlib.sha256(str(number).encode()).hexdigest().encode()
    for number in range(5000)
]
CONTENT = b"".join(ROWS)


def source(tmp_path: Path, content: bytes, name: str = "in.jsonl", limit: int = LIMIT) -> Source:
    path = tmp_path / name
    path.write_bytes(content)
    return Source(str(path), limit)


def whole(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", CONTENT),
        ("a.jsonl.gz", gzip.compress(CONTENT)),
        ("a.jsonl.gz", gzip.compress(CONTENT[:1000]) + gzip.compress(CONTENT[1000:])),
        ("a.jsonl.zst", whole(CONTENT)),
        ("a.jsonl.zst", whole(CONTENT[:1000]) + whole(CONTENT[1000:]) + whole(b"")),
        ("named-wrongly.jsonl", gzip.compress(CONTENT)),
        ("named-wrongly.gz", whole(CONTENT)),
    ],
)
def test_whatever_the_compression_the_lines_are_the_same(
    tmp_path: Path, name: str, content: bytes
) -> None:
    read = source(tmp_path, content, name)
    assert list(read.lines()) == [Line(number, row) for number, row in enumerate(ROWS, 1)]
    assert read.digest.digest() == hashlib.sha256(CONTENT).digest()
    assert read.read_bytes == read.size == len(content)
    assert len(list(read.lines())) == len(ROWS)  # a second time


def test_a_zstd_file_with_a_long_window_is_read(tmp_path: Path) -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=28, enable_ldm=True)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    content = packed.compress(CONTENT) + packed.flush()
    read = source(tmp_path, content, "RS_2024-01.zst")
    assert len(list(read.lines())) == len(ROWS)


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "a.gz"), (whole, "a.zst")])
def test_what_came_before_a_cut_is_given_and_the_cut_is_told(
    tmp_path: Path, pack: object, name: str
) -> None:
    packed = pack(CONTENT)  # type: ignore[operator] # either of two functions
    read = source(tmp_path, packed[: len(packed) * 2 // 3], name)
    lines = read.lines()
    given: list[bytes | None] = []
    with pytest.raises(Truncated):
        given.extend(line.data for line in lines)
    assert 0 < len(given) < len(ROWS)
    assert given == ROWS[: len(given)]


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "a.gz"), (whole, "a.zst")])
def test_damage_in_the_middle_is_told(tmp_path: Path, pack: object, name: str) -> None:
    packed = bytearray(pack(CONTENT))  # type: ignore[operator] # either of two functions
    packed[len(packed) // 2 : len(packed) // 2 + 64] = b"\xff" * 64
    with pytest.raises(Refused, match="damaged"):
        list(source(tmp_path, bytes(packed), name).lines())


def test_an_archive_is_refused_by_its_name(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.jsonl", CONTENT)
    with pytest.raises(Refused, match="zip archive"):
        list(source(tmp_path, packed.getvalue(), "a.zip").lines())


@pytest.mark.parametrize(
    ("start", "what"), [(b"BZh9", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"%PDF-1", "PDF")]
)
def test_other_kinds_are_refused_by_name(tmp_path: Path, start: bytes, what: str) -> None:
    with pytest.raises(Refused, match=what):
        list(source(tmp_path, start + b"rest").lines())


@pytest.mark.parametrize("suffix", [".gz", ".zst"])
def test_a_wrong_suffix_is_refused(tmp_path: Path, suffix: str) -> None:
    with pytest.raises(Refused, match="not compressed that way"):
        list(source(tmp_path, CONTENT, f"a{suffix}").lines())


def test_missing_file_and_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no file"):
        list(Source(str(tmp_path / "none"), LIMIT).lines())
    with pytest.raises(Refused, match="is a folder"):
        list(Source(str(tmp_path), LIMIT).lines())


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    for name in ("a.jsonl", "a.gz", "a.zst"):
        assert list(source(tmp_path, b"", name).lines()) == []


def test_the_last_line_needs_no_end(tmp_path: Path) -> None:
    assert list(source(tmp_path, b"a\n\nb").lines()) == [
        Line(1, b"a\n"),
        Line(2, b"\n"),
        Line(3, b"b"),
    ]


def test_a_line_of_just_the_limit_is_allowed_and_one_byte_more_is_not(tmp_path: Path) -> None:
    content = b"a" * 1024 + b"\n" + b"b" * 1025 + b"\nc\n" + b"d" * 1025
    read = source(tmp_path, content, limit=1024)
    assert [line.data for line in read.lines()] == [b"a" * 1024 + b"\n", None, b"c\n", None]
    assert read.digest.digest() == hashlib.sha256(content).digest()


@pytest.mark.parametrize(
    ("name", "pack"), [("a.jsonl", bytes), ("a.gz", gzip.compress), ("a.zst", whole)]
)
def test_a_line_of_fifty_megabytes_passes_in_little_memory(
    tmp_path: Path, name: str, pack: object
) -> None:
    packed = pack(b"x" * 50_000_000 + b"\nafter\n")  # type: ignore[operator] # one of three
    read = source(tmp_path, packed, name)
    del packed
    tracemalloc.start()
    try:
        assert list(read.lines()) == [Line(1, None), Line(2, b"after\n")]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_standard_input_is_read_once_or_spooled(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(gzip.compress(CONTENT))

    monkeypatch.setattr(sys, "stdin", Stdin())
    read = Source("-", LIMIT)
    assert read.name == "standard input"
    assert read.size is None
    read.spool()
    assert [len(list(read.lines())), len(list(read.lines()))] == [len(ROWS), len(ROWS)]
    read.close()
