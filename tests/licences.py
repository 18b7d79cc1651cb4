"""Fails if a dependency came under a licence that an MIT project cannot build on."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, distributions

# Permissive licences, and the weak copyleft ones whose terms bind only their own files.
_FINE = re.compile(
    r"MIT|BSD|Apache|ISC|Python Software Foundation|PSF|MPL|Mozilla|Unlicense|Zlib|0BSD|LGPL"
    r"|Lesser General Public|HPND|CC0|Public Domain|BlueOak",
    re.IGNORECASE,
)
# Distributions whose metadata name no licence; each was looked up in its source.
_KNOWN = {
    "skops": "MIT",
}


def licence_of(distribution: Distribution) -> str:
    """What a distribution says of its licence: SPDX expression, classifiers, or free text."""
    metadata = distribution.metadata
    classifiers = [
        value.rsplit("::", 1)[-1].strip()
        for value in metadata.get_all("Classifier") or ()
        if value.startswith("License ::")
    ]
    text = metadata.get("License") or ""
    named = metadata.get("License-Expression") or ", ".join(classifiers) or text.strip()[:80]
    return _KNOWN.get(metadata["Name"].lower(), named)


def main() -> int:
    """Check every installed distribution; returns the exit code."""
    refused = []
    count = 0
    for distribution in distributions():
        count += 1
        licence = licence_of(distribution)
        if not _FINE.search(licence):
            refused.append(f"{distribution.metadata['Name']}: {licence or 'no licence named'}")
    for line in sorted(refused):
        sys.stderr.write(f"licence not known to be fine: {line}\n")
    sys.stdout.write(f"Licences of {count} distributions looked at, {len(refused)} refused.\n")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
