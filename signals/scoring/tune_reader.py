"""Tunes the encoder's layers on judged posts; needs PyTorch, which nothing else here does.

First they learn what the bundle's own stage gives to many unread posts (distillation, Hinton et al.
2015), then what people judged. Embeddings stay as they are, so that only matrices of low rank have
to be shipped. ``topic_prospects`` is not used: the reader is measured on it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from config.errors import Refused
from signals.scoring.contract import TopicContext
from signals.scoring.encoder import read_config, read_weights
from signals.scoring.reader import encode_pairs, pack_added, pair_tokenizer, shapes_of
from signals.scoring.stack import Say
from signals.scoring.storage import Arrays

_ROUNDS: Final = 2
_SOFT_RATE: Final = 8e-5
_JUDGED_RATE: Final = 6e-5
#: Learning rate of a layer against the one above it, and of the head against all.
_DEEPER: Final = 0.9
_HEAD: Final = 5.0
_DECAY: Final = 0.01
_WARM_UP: Final = 0.1
#: Of the head's inputs alone: within the layers dropping out takes four times as long.
_DROP: Final = 0.1
_TOKENS_AT_ONCE: Final = 5_000
_TEXTS_AT_ONCE: Final = 32
#: Posts of like length are put together within so many, drawn anew each round.
_SORTED: Final = 1_024


@dataclass(frozen=True, slots=True)
class Taught:
    """A post for a topic, the probability to learn, and how much it counts."""

    topic: TopicContext
    text: str
    value: float
    weight: float = 1.0


def tune(
    folder: Path, encoder: str, soft: Sequence[Taught], judged: Sequence[Taught], say: Say
) -> Arrays:
    """Arrays of a reader over the encoder in ``folder``; ``encoder``: its name.

    Refused where PyTorch is missing. An hour of two cores for thirty thousand posts.
    """
    try:
        import torch  # type: ignore[import-not-found] # for tuning alone; never locked
    except ImportError:
        raise Refused(
            "Tuning needs PyTorch, which is not installed.",
            "Install torch with pip; scoring does without it.",
        ) from None
    weights = read_weights(folder)
    torch.manual_seed(0)
    network = _Network(torch, weights, folder)
    tokenizer = pair_tokenizer(folder)
    for what, rows, rate in (("unread", soft, _SOFT_RATE), ("judged", judged, _JUDGED_RATE)):
        say(f"learning from {len(rows):,} {what} posts")
        _learn(torch, network, tokenizer, rows, rate, say)
    after = {name: value.detach().numpy() for name, value in network.tuned.items()}
    added = {name: after[name] - weights[name] for name in shapes_of(folder)}
    return pack_added(added) | {
        "reader_head": network.head.detach().numpy()[:, 0].astype(np.float32),
        "reader_bias": network.bias.detach().numpy().astype(np.float64),
        "reader_encoder": np.frombuffer(encoder.encode(), np.uint8),
    }


class _Network:
    """The encoder with a head of one output; ``tuned`` by the names of its weights."""

    def __init__(self, torch: Any, weights: dict[str, NDArray[Any]], folder: Path) -> None:
        config = read_config(folder)
        self._torch = torch
        self._heads = int(config["num_attention_heads"])
        self._layers = int(config["num_hidden_layers"])
        self._epsilon = float(config.get("layer_norm_eps", 1e-12))
        fixed = {name: torch.tensor(array) for name, array in weights.items()}
        self._words = fixed["embeddings.word_embeddings.weight"]
        self._places = (
            fixed["embeddings.position_embeddings.weight"]
            + fixed["embeddings.token_type_embeddings.weight"][0]
        )
        self._first = (
            fixed["embeddings.LayerNorm.weight"],
            fixed["embeddings.LayerNorm.bias"],
        )
        self.tuned = {name: fixed[name].requires_grad_() for name in shapes_of(folder)}
        width = 2 * self._words.shape[1]
        self.head = (torch.randn(width, 1) * 0.02).requires_grad_()
        self.bias = torch.zeros(1).requires_grad_()

    def groups(self, rate: float) -> list[dict[str, Any]]:
        """Parameters with their learning rates: deeper layers learn more slowly."""
        found = []
        for layer in range(self._layers):
            mine = [v for n, v in self.tuned.items() if n.startswith(f"encoder.layer.{layer}.")]
            found.append({"params": mine, "lr": rate * _DEEPER ** (self._layers - layer)})
        return [*found, {"params": [self.head, self.bias], "lr": rate * _HEAD}]

    def logits(self, tokens: Any, mask: Any) -> Any:
        """One logit per row of token ids, for learning."""
        torch = self._torch
        nn = torch.nn.functional
        texts, width = tokens.shape
        size = self._words.shape[1]

        def norm(values: Any, name: str) -> Any:
            gain, shift = self.tuned[f"{name}.weight"], self.tuned[f"{name}.bias"]
            return nn.layer_norm(values, (size,), gain, shift, self._epsilon)

        def dense(values: Any, name: str) -> Any:
            return nn.linear(values, self.tuned[f"{name}.weight"], self.tuned[f"{name}.bias"])

        state = self._words[tokens] + self._places[:width]
        hidden = nn.layer_norm(state, (size,), *self._first, self._epsilon)
        for number in range(self._layers):
            layer = f"encoder.layer.{number}"
            query, key, value = (
                dense(hidden, f"{layer}.attention.self.{part}")
                .view(texts, width, self._heads, size // self._heads)
                .transpose(1, 2)
                for part in ("query", "key", "value")
            )
            seen = nn.scaled_dot_product_attention(query, key, value, mask[:, None, None, :])
            seen = seen.transpose(1, 2).reshape(texts, width, size)
            seen = dense(seen, f"{layer}.attention.output.dense")
            hidden = norm(hidden + seen, f"{layer}.attention.output.LayerNorm")
            wide = nn.gelu(dense(hidden, f"{layer}.intermediate.dense"))
            wide = dense(wide, f"{layer}.output.dense")
            hidden = norm(hidden + wide, f"{layer}.output.LayerNorm")
        kept = mask[:, :, None].to(hidden.dtype)
        mean = (hidden * kept).sum(1) / kept.sum(1).clamp(min=1)
        both = nn.dropout(torch.cat([hidden[:, 0], mean], 1), _DROP)
        return (both @ self.head.to(both.dtype) + self.bias)[:, 0]


def _learn(
    torch: Any, network: _Network, tokenizer: Any, rows: Sequence[Taught], rate: float, say: Say
) -> None:
    encoded = encode_pairs(tokenizer, [(row.topic, row.text) for row in rows])
    values = torch.tensor([row.value for row in rows], dtype=torch.float32)
    counts = torch.tensor([row.weight for row in rows], dtype=torch.float32)
    drawn = random.Random(0)  # noqa: S311 - an order, no secret
    plan = [list(_batches(encoded, drawn)) for _ in range(_ROUNDS)]
    steps = sum(len(batches) for batches in plan)
    groups = network.groups(rate)
    rates = [group["lr"] for group in groups]
    optimiser = torch.optim.AdamW(groups, weight_decay=_DECAY)
    everything = [value for group in groups for value in group["params"]]
    step = 0
    for turn, batches in enumerate(plan, 1):
        lost = 0.0
        for batch in batches:
            done = step / max(1, steps)
            share = min(done / _WARM_UP, 1.0) * (1.0 - done if done > _WARM_UP else 1.0)
            for group, full in zip(groups, rates, strict=True):
                group["lr"] = full * share
            width = max(len(encoded[row]) for row in batch)
            tokens = torch.zeros(len(batch), width, dtype=torch.long)
            mask = torch.zeros(len(batch), width, dtype=torch.bool)
            for place, row in enumerate(batch):
                tokens[place, : len(encoded[row])] = torch.tensor(encoded[row])
                mask[place, : len(encoded[row])] = True
            with torch.autocast("cpu", dtype=torch.bfloat16):
                found = network.logits(tokens, mask)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                found.float(), values[batch], counts[batch]
            )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(everything, 1.0)
            optimiser.step()
            step += 1
            lost += float(loss.detach())
        say(f"round {turn} of {_ROUNDS}, {len(rows):,} posts, loss {lost / len(batches):.4f}")


def _batches(encoded: Sequence[Sequence[int]], drawn: random.Random) -> Iterator[list[int]]:
    order = list(range(len(encoded)))
    drawn.shuffle(order)
    found: list[list[int]] = []
    for at in range(0, len(order), _SORTED):
        batch: list[int] = []
        for row in sorted(order[at : at + _SORTED], key=lambda row: len(encoded[row])):
            if batch and (
                len(encoded[row]) * (len(batch) + 1) > _TOKENS_AT_ONCE
                or len(batch) == _TEXTS_AT_ONCE
            ):
                found.append(batch)
                batch = []
            batch.append(row)
        found.append(batch)
    drawn.shuffle(found)
    yield from found
