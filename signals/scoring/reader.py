"""A tuned reader: the encoder's own layers, turned towards one question.

It reads topic and post as a pair, the words of one beside the words of the other, and says how
much the author looks like a prospect. What tuning adds to each matrix of the encoder is kept as a
product of two thin ones (Hu et al. 2021), so that it fits into the bundle; it means something only
on the weights it was learned over. ``tune_reader.py`` learns it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring.contract import ScorerInput, TopicContext
from signals.scoring.corpora import SEEDS
from signals.scoring.encoder import (
    WEIGHTS,
    Bert,
    Floats,
    in_batches,
    load_tokenizer,
    weight_names,
)
from signals.scoring.storage import Arrays, pack_vectors, unpack_vectors

PATH: Final = SEEDS / "reader.npz"
#: Columns of each thin matrix.
RANK: Final = 32
#: Tokens of topic and post together.
_TOKENS: Final = 192
_TOPIC: Final = 160  # characters
_POST: Final = 900  # characters, as the posts it learned from
_TUNED: Final = "encoder.layer."


class Reader:
    """Reads pairs of topic and post with tuned layers; deterministic."""

    def __init__(self, folder: Path, arrays: Arrays) -> None:
        self._tokenizer = pair_tokenizer(folder)
        self._forward = Bert(folder, unpack_added(shapes_of(folder), arrays))
        self._head = arrays["reader_head"].astype(np.float32)
        self._bias = float(arrays["reader_bias"][0])

    def logits(self, inputs: Sequence[ScorerInput]) -> NDArray[np.float64]:
        """One logit per input."""
        found = np.zeros(len(inputs))
        encoded = encode_pairs(self._tokenizer, [(item.topic, item.text) for item in inputs])
        for rows, tokens, mask in in_batches(encoded):
            hidden = self._forward(tokens, mask)
            found[rows] = summary(hidden, mask) @ self._head + self._bias
        return found


def load_reader(folder: Path, encoder: str, arrays: Arrays) -> Reader | None:
    """The reader in these arrays, where the folder holds the encoder it was learned over."""
    if "reader_head" not in arrays or not (folder / WEIGHTS).is_file():
        return None
    if arrays["reader_encoder"].tobytes().decode() != encoder:
        return None
    return Reader(folder, arrays)


def pair_tokenizer(folder: Path) -> Any:
    """The folder's tokenizer, cutting the post and never the topic."""
    tokenizer = load_tokenizer(folder)
    tokenizer.enable_truncation(_TOKENS, strategy="only_second")
    return tokenizer


def encode_pairs(tokenizer: Any, pairs: Iterable[tuple[TopicContext, str]]) -> list[list[int]]:
    """Token ids of each topic and post, the topic first."""
    texts = [
        (f"{topic.name}: {', '.join(topic.keywords)}"[:_TOPIC], text[:_POST])
        for topic, text in pairs
    ]
    return [one.ids for one in tokenizer.encode_batch(texts)]


def summary(hidden: Floats, mask: NDArray[np.bool_]) -> Floats:
    """What stands at the first token, and the mean of all, side by side."""
    kept = mask[:, :, None].astype(np.float32)
    mean = (hidden * kept).sum(1) / np.maximum(kept.sum(1), 1.0)
    joined: Floats = np.hstack([hidden[:, 0], mean]).astype(np.float32)
    return joined


def shapes_of(folder: Path) -> dict[str, tuple[int, ...]]:
    """The weights that tuning may change, by name in a fixed order, with their shapes."""
    from safetensors import safe_open  # optional extra

    with safe_open(str(folder / WEIGHTS), "np") as opened:
        return {
            name: tuple(opened.get_slice(stored).get_shape())
            for name, stored in sorted(weight_names(opened).items())
            if name.startswith(_TUNED)
        }


def pack_added(added: Mapping[str, NDArray[Any]], rank: int = RANK) -> Arrays:
    """What was added to each weight, matrices as two thin ones at four bits a number."""
    packed, scales, shifts = [], [], []
    for _, change in sorted(added.items()):
        if change.ndim == 1:
            shifts.append(change.astype(np.float16))
            continue
        left, sizes, right = np.linalg.svd(change.astype(np.float64), full_matrices=False)
        root = np.sqrt(sizes[:rank])
        for thin in (left[:, :rank] * root, right[:rank].T * root):
            steps, scale = pack_vectors(thin)
            packed.append(steps)
            scales.append(scale)
    return {
        "reader_packed": np.vstack(packed),
        "reader_scale": np.array(scales, np.float32),
        "reader_shifts": np.concatenate(shifts),
    }


def unpack_added(shapes: Mapping[str, tuple[int, ...]], arrays: Arrays) -> dict[str, Floats]:
    """What ``pack_added`` was given, up to rank and rounding."""
    added: dict[str, Floats] = {}
    row = number = place = 0
    for name, shape in sorted(shapes.items()):
        if len(shape) == 1:
            added[name] = arrays["reader_shifts"][place : place + shape[0]].astype(np.float32)
            place += shape[0]
            continue
        thin = []
        for size in shape:
            steps = arrays["reader_packed"][row : row + size]
            thin.append(unpack_vectors(steps, arrays["reader_scale"][number]))
            row, number = row + size, number + 1
        added[name] = thin[0] @ thin[1].T
    return added
