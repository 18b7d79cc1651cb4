from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from app.web.pages import STATIC

_ROOT = Path(__file__).resolve().parents[3]


def test_the_lock_pins_by_hash_and_names_no_address() -> None:
    text = (_ROOT / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in text
    packages = {name: p for name, p in json.loads(text)["packages"].items() if name}
    assert packages
    assert all(package["integrity"].startswith("sha512-") for package in packages.values())


def test_versions_are_exact() -> None:
    wanted = json.loads((_ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())


def test_the_fetched_files_are_those_of_the_lock() -> None:
    stamp = STATIC / "vendor" / ".lock-sha256"
    if not stamp.exists():
        pytest.skip("the front-end files were not fetched; run: make setup")
    digest = hashlib.sha256((_ROOT / "package-lock.json").read_bytes()).hexdigest()
    assert stamp.read_text(encoding="ascii") == digest


@pytest.mark.parametrize("name", ["warmlist.css", "warmlist.js", "mark.svg"])
def test_our_own_files_ask_nobody_else(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://|//\w+\.\w+/|@import|url\(\s*[\"']?(?!data:)\w", text)
