"""Parquet tables as lines: every row as one, read in small batches whatever the file's size.

Needs the extra ``parquet`` (pyarrow). A table whose columns are those of one of the JSON formats
(Warmlist's own with its ``author`` of several fields, Reddit, X, Bluesky) gives JSON objects; any
other is read as a CSV of the same columns would be.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO, Any, Final

import msgspec

from config.errors import Refused
from signals.files.lines import Line, Source

_MAGIC: Final = b"PAR1"
#: Rows unpacked at once, and bytes of a column read at once: a row group may be the whole file.
_ROWS: Final = 512
_BUFFER: Final = 1 << 20
_BLOCK: Final = 1 << 20
#: Columns that make a table one of objects, each set enough by itself.
_OBJECTS: Final = (
    {"did", "time_us", "kind"},
    {"subreddit", "created_utc", "author"},
    {"author_id", "id", "text"},
)


def open_source(path: str, line_bytes: int, format: str) -> Source:  # noqa: A002 - as the option
    """The file as lines: a Parquet table by its format, its name or its first bytes."""
    named = Path(path).suffix.lower() in {".parquet", ".pq"}
    if format == "parquet" or (format == "auto" and (named or _is_parquet(path))):
        return ParquetSource(path, line_bytes)
    return Source(path, line_bytes)


def _is_parquet(path: str) -> bool:
    try:
        with Path(path).open("rb") as stream:
            return stream.read(4) == _MAGIC
    except OSError:  # whoever opens it next says why
        return False


@dataclass
class ParquetSource(Source):
    """A table on disk; standard input is kept in a temporary file, since its end comes first."""

    def lines(self) -> Iterator[Line]:
        """Every row; for a table that reads like a CSV its header comes first.

        Raises ``Refused`` for what is no table, and where the extra is missing.
        """
        parquet = _load_pyarrow()
        self.spool()
        with self._table() as raw, self._damage():
            self._hash(raw)
            table = parquet.ParquetFile(raw, buffer_size=_BUFFER, pre_buffer=False)
            names = list(table.schema_arrow.names)
            as_objects = _has_objects(table.schema_arrow)
            number = 0
            if not as_objects:
                number = 1
                yield Line(1, _to_csv(names))
            for batch in table.iter_batches(batch_size=_ROWS, use_threads=False):
                for row in batch.to_pylist():
                    number += 1
                    data = _to_json(row) if as_objects else _to_csv([row[name] for name in names])
                    yield Line(number, data if len(data) <= self.line_bytes else None)
                self._note_progress(number, table.metadata.num_rows)

    def _table(self) -> AbstractContextManager[IO[bytes]]:
        """The file, closed afterwards; what was spooled stays, since it may be read again."""
        if self._spooled is None:
            return self._open()
        self._spooled.seek(0)
        return nullcontext(self._spooled)

    def _hash(self, raw: IO[bytes]) -> None:
        self.digest = hashlib.sha256()
        while block := raw.read(_BLOCK):
            self.digest.update(block)
        raw.seek(0)

    def _note_progress(self, rows: int, all_rows: int) -> None:
        size = self.size
        if size is not None and all_rows:
            self.read_bytes = min(size, size * rows // all_rows)

    @contextmanager
    def _damage(self) -> Iterator[None]:
        from pyarrow import ArrowException

        try:
            yield
        except (ArrowException, OSError, EOFError) as error:
            why = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise Refused(
                "%(name)s is not a Parquet table that can be read: %(why)s.",
                "What came before was stored; get a whole copy and import it again.",
                name=self.name,
                why=why,
            ) from error


def _load_pyarrow() -> Any:
    try:
        from pyarrow import parquet
    except ImportError:
        raise Refused(
            "Parquet needs an extra that is not installed here.",
            "Install it: pip install 'warmlist[parquet]'. Or convert the file to JSONL.",
        ) from None
    return parquet


def _has_objects(schema: Any) -> bool:
    from pyarrow import types

    names = set(schema.names)
    if any(columns <= names for columns in _OBJECTS):
        return True
    return "author" in names and types.is_struct(schema.field("author").type)


def _to_json(row: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode(_plain(row))


def _plain(value: Any, key: str = "") -> Any:
    """As JSON would hold it; what is missing is left out, since not every field may be null."""
    if isinstance(value, Mapping):
        filled = {name: _plain(inner, name) for name, inner in value.items()}
        return {name: inner for name, inner in filled.items() if inner is not None}
    if isinstance(value, list):
        if value and all(isinstance(pair, tuple) and len(pair) == 2 for pair in value):
            return _plain(dict(value))  # a column of type map
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value
        return moment.timestamp() if key == "created_utc" else moment.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)


def _to_csv(fields: Sequence[Any]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(field) for field in fields])
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    plain = _plain(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    if isinstance(plain, float) and plain.is_integer():
        return str(int(plain))  # a number column with holes holds floats
    return "" if plain is None else str(plain)
