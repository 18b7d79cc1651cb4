"""The bundle's files: arrays by skops, the card and manifest as JSON; nothing that can run code.

A bundle is loaded only if every file has the hash its manifest names and every type in it stands
in ``TRUSTED``. Files are written so that the same arrays give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BUNDLE: Final = Path(__file__).parent / "bundle"
ARRAYS: Final = "arrays.skops"
MANIFEST: Final = "manifest.json"
CARD: Final = "card.json"
FORMAT: Final = 2
#: Types a bundle may hold beyond the ones skops itself trusts; arrays need none.
TRUSTED: Final[tuple[str, ...]] = ()
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)

Arrays = dict[str, NDArray[Any]]


class BrokenBundle(Exception):
    """Why a bundle cannot be used, in one line."""


def save(folder: Path, arrays: Arrays, manifest: dict[str, Any], card: dict[str, Any]) -> None:
    """Writes a bundle; equal input gives equal bytes.

    Its version is the manifest's and a digest of the arrays: what a topic learned over one bundle
    never runs over another.
    """
    import skops.io as sio  # needs scikit-learn: not before it is used

    folder.mkdir(parents=True, exist_ok=True)
    packed = _canonical(sio.dumps(dict(sorted(arrays.items()))))
    (folder / ARRAYS).write_bytes(packed)
    text = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / CARD).write_text(text, encoding="utf-8")
    digest = hashlib.sha256(packed).hexdigest()
    manifest = manifest | {
        "format": FORMAT,
        "version": f"{manifest['version']}.{digest[:10]}",
        "sha256": {
            ARRAYS: digest,
            CARD: hashlib.sha256(text.encode()).hexdigest(),
        },
    }
    (folder / MANIFEST).write_text(
        json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def load(folder: Path = BUNDLE) -> tuple[Arrays, dict[str, Any]]:
    """Arrays and manifest of a bundle; raises ``BrokenBundle`` and nothing else."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        hashes = dict(manifest["sha256"])
        version = manifest["format"]
        packed = (folder / ARRAYS).read_bytes()
        card = (folder / CARD).read_bytes()
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BrokenBundle(f"the bundle in {folder} is missing or incomplete ({error})") from None
    if version != FORMAT:
        raise BrokenBundle(f"the bundle has format {version}, this program reads {FORMAT}")
    for name, content in ((ARRAYS, packed), (CARD, card)):
        if hashlib.sha256(content).hexdigest() != hashes.get(name):
            raise BrokenBundle(f"{name} of the bundle is not the file its manifest names")
    import skops.io as sio  # needs scikit-learn: not before it is used

    try:
        unknown = set(sio.get_untrusted_types(data=packed)) - set(TRUSTED)
        if unknown:
            raise BrokenBundle(f"the bundle holds types that are not trusted: {sorted(unknown)}")
        arrays = sio.loads(packed, trusted=list(TRUSTED))
    except BrokenBundle:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a damaged archive makes skops raise
        raise BrokenBundle(f"the bundle cannot be read ({type(error).__name__})") from None
    if not isinstance(arrays, dict) or not all(isinstance(v, np.ndarray) for v in arrays.values()):
        raise BrokenBundle("the bundle holds something else than arrays")
    return arrays, manifest


def read_arrays(path: Path) -> Arrays:
    """The arrays of a file of the seeds; none where there is no such file."""
    if not path.is_file():
        return {}
    with np.load(path) as stored:
        return {name: stored[name] for name in stored.files}


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Writes a file of the seeds."""
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type] # names are ours


def words_to_array(words: list[str]) -> NDArray[np.uint8]:
    """A list of words as bytes, one word a line."""
    return np.frombuffer("\n".join(words).encode(), np.uint8)


def array_to_words(array: NDArray[np.uint8]) -> list[str]:
    """The list that ``words_to_array`` was given."""
    return array.tobytes().decode().split("\n")


def pack_vectors(vectors: NDArray[Any]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Vectors at four bits a number, two to a byte, and the scale per dimension.

    Numbers beyond 2.6 standard deviations are cut: sums of words do not notice, and the rest keeps
    its steps.
    """
    scale = np.maximum(vectors.std(0) * (2.6 / 7), 1e-9).astype(np.float32)
    steps = (np.clip(np.round(vectors / scale), -7, 7) + 8).astype(np.uint8)
    if steps.shape[1] % 2:
        raise ValueError("an even number of dimensions is packed")
    return (steps[:, ::2] << 4) | steps[:, 1::2], scale


def unpack_vectors(packed: NDArray[np.uint8], scale: NDArray[Any]) -> NDArray[np.float32]:
    """The vectors that ``pack_vectors`` was given, in steps of ``scale``."""
    vectors = np.empty((packed.shape[0], 2 * packed.shape[1]), np.float32)
    vectors[:, ::2] = packed >> 4
    vectors[:, 1::2] = packed & 15
    vectors -= 8.0
    vectors *= scale
    return vectors


def _canonical(packed: bytes) -> bytes:
    """The same archive without clock, random file names or memory addresses."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        schema = archive.read("schema.json").decode()
        files = {name: archive.read(name) for name in archive.namelist() if name != "schema.json"}
    names: dict[str, str] = {}
    for name in re.findall(r'"file": "([^"]+)"', schema):
        names.setdefault(name, f"{len(names):04d}.npy")
    for old, new in names.items():
        schema = schema.replace(f'"{old}"', f'"{new}"')
    numbers: dict[str, str] = {}

    def renumber(match: re.Match[str]) -> str:
        return match[1] + numbers.setdefault(match[2], str(len(numbers) + 1))

    schema = re.sub(r'("__id__": )(\d+)', renumber, schema)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in [
            ("schema.json", schema.encode()),
            *sorted((new, files[old]) for old, new in names.items()),
        ]:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=9)
    return out.getvalue()
