"""What ``warmlist doctor`` says of the scorer: whole, broken, or the rules by choice."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from app.doctor import Finding, examine
from signals.scoring import storage


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WARMLIST_HOME", str(tmp_path / "home"))


def of_scorer() -> Finding:
    return next(finding for finding in examine() if finding.name == "scorer")


def test_the_scorer_in_use_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    found = of_scorer()
    assert found.ok is True
    assert found.found.startswith("bundle.")
    monkeypatch.setenv("WARMLIST_SCORING__SCORER", "rules")
    assert of_scorer() == Finding("scorer", True, "rules.v1, as scoring.scorer says")


@pytest.mark.parametrize("fault", ["missing", "changed"])
def test_a_broken_bundle_is_missed_and_the_rules_take_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str
) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(storage.BUNDLE, folder)
    if fault == "missing":
        (folder / storage.MANIFEST).unlink()
    else:
        (folder / storage.CARD).write_text("{}", encoding="utf-8")
    monkeypatch.setattr(storage, "BUNDLE", folder)
    found = of_scorer()
    assert found.ok is False
    assert "the rules score alone" in found.found
    assert found.remedy
