from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from app.documents import write_json


def test_instants_and_days_are_iso_8601() -> None:
    at = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
    document = {"at": at, "on": date(2026, 11, 25), "file": Path("a"), "نص": None}
    assert json.loads(write_json(document)) == {
        "at": "2026-11-25T14:30:00+00:00", "on": "2026-11-25", "file": "a", "نص": None,
    }  # fmt: skip
