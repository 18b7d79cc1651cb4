"""Rows as CSV that a spreadsheet opens without running anything in it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is taken as a formula by at least one spreadsheet program.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def write_sheet(columns: Sequence[str], rows: Iterable[Sequence[str | int | None]]) -> str:
    """CSV text with a header, lines ended as RFC 4180 says; words are defused, numbers left."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([defuse(column) for column in columns])
    for row in rows:
        writer.writerow([defuse(cell) for cell in row])
    return out.getvalue()


def defuse(cell: str | int | None) -> str:
    """A cell's text; words that could be a formula get an apostrophe before them."""
    if cell is None:
        return ""
    if isinstance(cell, int):
        return str(cell)
    text = cell.replace("\x00", "")
    plain = text.lstrip(" \u00a0\ufeff\u200b")
    return f"'{text}" if plain.startswith(_STARTS) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    """An amount of ours, such as -12.50: a number is no formula."""
    digits = text.removeprefix("-").replace(".", "", 1)
    return digits.isascii() and digits.isdigit()
