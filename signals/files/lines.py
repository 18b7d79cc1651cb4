"""Lines of a file, whatever its compression, without ever holding more than one of them."""

from __future__ import annotations

import gzip
import hashlib
import io
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final, cast

from config.errors import Refused

_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_OTHERS: Final = {
    b"PK\x03\x04": "a zip archive",
    b"BZh": "bzip2",
    b"\xfd7zXZ": "xz",
    b"%PDF": "PDF",
    b"PAR1": "Parquet (say --format parquet)",
}
_SPOOL_BYTES: Final = 64 * 1024 * 1024
_ZSTD_STEP: Final = 256  # compressed bytes fed at once: a block of four may stand for 128 KB
_ZSTD_WINDOW: Final = 2**31  # what ``zstd --long=31`` makes; dumps of Reddit are packed that way


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number from 1; ``data`` is ``None`` where it was longer than allowed."""

    number: int
    data: bytes | None


class Truncated(Exception):
    """The compressed data ends in the middle."""


@dataclass
class Source:
    """A readable file or standard input; can be read more than once, if ``spool`` was asked for."""

    path: str
    line_bytes: int
    digest: Any = field(default_factory=hashlib.sha256, init=False)
    read_bytes: int = field(default=0, init=False)
    _spooled: IO[bytes] | None = field(default=None, init=False)

    @property
    def name(self) -> str:
        """For people."""
        return "standard input" if self.path == "-" else self.path

    @property
    def size(self) -> int | None:
        """Bytes on disk, for progress; unknown for standard input."""
        return None if self.path == "-" else Path(self.path).stat().st_size

    def spool(self) -> None:
        """Make standard input readable twice (in memory up to 64 MB, then in a temporary file)."""
        if self.path == "-" and self._spooled is None:
            spooled = tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES)  # noqa: SIM115 - closed by close()
            while block := sys.stdin.buffer.read(1 << 20):
                spooled.write(block)
            self._spooled = spooled

    def close(self) -> None:
        """Give up what was spooled."""
        if self._spooled is not None:
            self._spooled.close()

    def lines(self) -> Iterator[Line]:
        """Every line; ``digest`` is that of the content afterwards.

        Raises ``Truncated`` after the last whole line where compressed data ends too early.
        """
        self.digest = hashlib.sha256()
        with self._open() as raw:
            counted = _Counting(raw, self._count)
            stream = self._decompress(io.BufferedReader(counted, 1 << 20))
            try:
                yield from self._split(stream)
            except EOFError as error:
                raise Truncated from error
            except (gzip.BadGzipFile, zlib.error, _zstd_error()) as error:
                raise Refused(
                    "%(name)s is damaged after %(read_bytes)s bytes: %(error)s.",
                    "What came before was stored; get a whole copy and import it again.",
                    name=self.name,
                    read_bytes=f"{self.read_bytes:,}",
                    error=error,
                ) from error

    def _count(self, size: int) -> None:
        self.read_bytes += size

    def _open(self) -> IO[bytes]:
        self.read_bytes = 0
        if self.path == "-":
            if self._spooled is not None:
                self._spooled.seek(0)
                return cast("IO[bytes]", _Unclosed(self._spooled))
            return cast("IO[bytes]", _Unclosed(sys.stdin.buffer))
        try:
            return Path(self.path).open("rb")
        except FileNotFoundError as error:
            raise Refused(
                "There is no file %(path)s.",
                "Check the path.",
                path=self.path,
            ) from error
        except IsADirectoryError as error:
            raise Refused(
                "%(path)s is a folder.",
                "Name one file.",
                path=self.path,
            ) from error
        except OSError as error:
            raise Refused(
                "%(path)s cannot be read: %(strerror)s.",
                "Check its rights.",
                path=self.path,
                strerror=error.strerror,
            ) from error

    def _decompress(self, raw: io.BufferedReader) -> IO[bytes]:
        start = raw.peek(8)[:8]
        for magic, what in _OTHERS.items():
            if start.startswith(magic):
                raise Refused(
                    "%(name)s is %(said)s.",
                    "Unpack it, or use plain, .gz or .zst.",
                    name=self.name,
                    said=what,
                )
        if start.startswith(_GZIP):
            return io.BufferedReader(_GzipPieces(gzip.GzipFile(fileobj=raw)), 1 << 20)
        if start.startswith(_ZSTD):
            return io.BufferedReader(_ZstdFrames(raw, _zstd_decompressor()), 1 << 20)
        suffix = Path(self.path).suffix.lower()
        if suffix in {".gz", ".zst"} and start:
            raise Refused(
                "%(name)s ends in %(suffix)s but is not compressed that way.",
                "Rename it to what it is, or get the file again.",
                name=self.name,
                suffix=suffix,
            )
        return raw

    def _split(self, stream: IO[bytes]) -> Iterator[Line]:
        limit = self.line_bytes
        number = 0
        while data := stream.readline(limit + 1):
            number += 1
            self.digest.update(data)
            if len(data) > limit and not data.endswith(b"\n"):
                while rest := stream.readline(1 << 20):
                    self.digest.update(rest)
                    if rest.endswith(b"\n"):
                        break
                yield Line(number, None)
                continue
            yield Line(number, data)


class _Counting(io.RawIOBase):
    """Counts what is read, so that progress can be shown for compressed files too."""

    def __init__(self, raw: IO[bytes], count: Callable[[int], None]) -> None:
        self._raw = raw
        self._count = count

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._raw.read(len(buffer))
        buffer[: len(data)] = data
        self._count(len(data))
        return len(data)


class _GzipPieces(io.RawIOBase):
    """Gives what is there: a buffer over GzipFile would lose what it holds when the data is cut."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _ZstdFrames(io.RawIOBase):
    """Decompresses frame after frame; zstandard's own reader is silent about a frame cut off."""

    def __init__(self, raw: IO[bytes], decompressor: Any) -> None:
        self._raw = raw
        self._decompressor = decompressor
        self._frame: Any = None
        self._input = b""
        self._output = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._output:
            self._input = self._input or self._raw.read(_ZSTD_STEP)
            if not self._input:
                if self._frame is not None:
                    raise EOFError
                return 0
            if self._frame is None:
                self._frame = self._decompressor.decompressobj()
            self._output = memoryview(self._frame.decompress(self._input))
            self._input = b""
            if self._frame.eof:
                self._input = self._frame.unused_data
                self._frame = None
        size = min(len(buffer), len(self._output))
        buffer[:size] = self._output[:size]
        self._output = self._output[size:]
        return size


class _Unclosed(io.RawIOBase):
    """A view of a stream that leaves it open."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        return data


def _zstd_decompressor() -> Any:
    import zstandard  # only where it is needed

    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)


def _zstd_error() -> type[Exception]:
    module = sys.modules.get("zstandard")
    return module.ZstdError if module is not None else gzip.BadGzipFile
