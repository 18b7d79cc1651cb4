"""A database of one kind, for what both kinds do alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.database import Database


@pytest.fixture
def lite(tmp_path: Path, sqlite_pattern: Path) -> Database:
    """An empty SQLite database."""
    path = tmp_path / "lite.db"
    path.write_bytes(sqlite_pattern.read_bytes())
    return Database(f"sqlite:///{path}")
