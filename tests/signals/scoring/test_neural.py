"""The optional neural stage, on encoders of random weights made here."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from app.cli.scorer import app
from config.errors import Refused
from signals.scoring.contract import Scorer, ScorerInput, TopicContext
from signals.scoring.encoder import Encoder, find_folder, load_encoder
from signals.scoring.fit_neural import fit_neural, fit_reading
from signals.scoring.load import load_scorer
from signals.scoring.neural import CLOSENESS, Comparison, NeuralScorer
from signals.scoring.reader import (
    Reader,
    load_reader,
    pack_added,
    shapes_of,
    unpack_added,
)
from signals.scoring.storage import Arrays, read_arrays, write_arrays

WORDS = ["[PAD]", "[UNK]", "which", "vet", "should", "i", "take", "my", "dog", "to", "nice", "day"]
SIZE, WIDE = 8, 16
DOGS = TopicContext("dog care", ("vet", "dog food"))
TEXTS = [
    "Which vet should I take my dog to?\nMy dog is ill and I need a good vet.",
    "nice day",
    "أبحث عن طبيب بيطري",
    "",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT encoder of one layer with random weights."""
    from safetensors.numpy import save_file

    place = tmp_path_factory.mktemp("encoder")
    _write_tokenizer(place)
    config = {"num_attention_heads": 2, "num_hidden_layers": 1, "layer_norm_eps": 1e-12}
    (place / "config.json").write_text(json.dumps(config))
    random = np.random.default_rng(0)

    def some(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return random.normal(size=shape).astype(np.float32)

    layer = "encoder.layer.0."
    dense = {
        f"{layer}attention.self.query": (SIZE, SIZE),
        f"{layer}attention.self.key": (SIZE, SIZE),
        f"{layer}attention.self.value": (SIZE, SIZE),
        f"{layer}attention.output.dense": (SIZE, SIZE),
        f"{layer}intermediate.dense": (WIDE, SIZE),
        f"{layer}output.dense": (SIZE, WIDE),
    }
    weights = {
        "embeddings.word_embeddings.weight": some(len(WORDS), SIZE),
        "embeddings.position_embeddings.weight": some(128, SIZE),
        "embeddings.token_type_embeddings.weight": some(2, SIZE),
    }
    for name, shape in dense.items():
        weights |= {f"{name}.weight": some(*shape), f"{name}.bias": some(shape[0])}
    for name in ("embeddings", f"{layer}attention.output", f"{layer}output"):
        weights |= {f"{name}.LayerNorm.{part}": some(SIZE) for part in ("weight", "bias")}
    save_file(weights, place / "model.safetensors")
    return place


def _write_tokenizer(place: Path) -> None:
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: row for row, word in enumerate(WORDS)}, "[UNK]"))
    tokenizer.normalizer = Lowercase()
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(place / "tokenizer.json"))


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Encoder:
    return load_encoder(str(folder))


def some_stage(encoder: Encoder, name: str) -> Arrays:
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, 120)
    before = labels * 2 - 1 + random.normal(size=120)
    cosines = random.normal(size=(120, CLOSENESS)) + labels[:, None]
    saying = random.normal(size=(120, 2 * SIZE))
    groups = [f"topic {row % 12}" for row in range(120)]
    arrays, logits = fit_neural(before, cosines, saying, labels, np.ones(120), groups, name)
    assert ((logits > 0) == labels).mean() > 0.8
    return arrays


def inputs() -> list[ScorerInput]:
    return [ScorerInput(text, None, "post", DOGS) for text in TEXTS]


def test_vectors_have_length_one_and_company_does_not_matter(encoder: Encoder) -> None:
    texts = ["which vet", "my dog", "which vet should i take my dog to", "", "?!"]
    together = encoder.encode(texts)
    assert together.shape == (5, SIZE)
    assert np.linalg.norm(together, axis=1)[:3] == pytest.approx(1.0)
    for row, text in enumerate(texts):
        assert encoder.encode([text])[0] == pytest.approx(together[row], abs=1e-5)
    assert encoder.encode(["dog my"])[0] != pytest.approx(together[1], abs=1e-3)


def test_reasons_still_add_up_and_only_some_posts_are_read_again(encoder: Encoder) -> None:
    exact = load_scorer()
    neural: Scorer = NeuralScorer(exact, some_stage(encoder, encoder.name), encoder, threshold=0.05)
    before, after = exact.score(inputs()), neural.score(inputs())
    assert {reason.code for reason in after[0].reasons} >= {"neural.topic", "neural.wording"}
    assert after[0].prospect != before[0].prospect
    assert after[1:] == before[1:]  # too cold, Arabic, empty
    for score in after:
        logit = math.fsum(reason.log_odds for reason in score.reasons)
        assert score.prospect == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-9)
    assert neural.version == f"{exact.version}+neural.{encoder.name}"
    assert neural.score(inputs()) == after


def test_an_encoder_it_was_not_fitted_with_counts_for_closeness_only(encoder: Encoder) -> None:
    neural = NeuralScorer(load_scorer(), some_stage(encoder, "other"), encoder, threshold=0.0)
    codes = {reason.code for reason in neural.score(inputs())[0].reasons}
    assert "neural.topic" in codes
    assert "neural.wording" not in codes


def some_reader(folder: Path, name: str) -> Arrays:
    random = np.random.default_rng(5)
    added = {name: random.normal(size=shape) for name, shape in shapes_of(folder).items()}
    return pack_added(added, rank=SIZE) | {
        "reader_head": random.normal(size=2 * SIZE).astype(np.float32),
        "reader_bias": np.array([0.3]),
        "reader_encoder": np.frombuffer(name.encode(), np.uint8),
    }


def test_a_reader_reads_a_post_beside_its_topic(folder: Path, encoder: Encoder) -> None:
    reader = Reader(folder, some_reader(folder, encoder.name))
    both = reader.logits(inputs())
    assert reader.logits(inputs()[:1]) == pytest.approx(both[:1], abs=1e-4)  # company is nothing
    other = [ScorerInput(TEXTS[0], None, "post", TopicContext("nice day", ("day",)))]
    assert reader.logits(other)[0] != pytest.approx(both[0], abs=1e-3)


def test_what_tuning_adds_survives_packing(folder: Path, tmp_path: Path) -> None:
    shapes = shapes_of(folder)
    random = np.random.default_rng(6)
    added = {
        name: np.outer(random.normal(size=shape[0]), random.normal(size=shape[1]))
        if len(shape) == 2
        else random.normal(size=shape)
        for name, shape in shapes.items()
    }
    write_arrays(tmp_path / "reader.npz", pack_added(added, rank=2))
    found = unpack_added(shapes, read_arrays(tmp_path / "reader.npz"))
    assert found.keys() == added.keys()
    for name, change in added.items():
        agree = np.corrcoef(change.ravel(), found[name].ravel())[0, 1]
        assert agree > 0.97, name
    assert read_arrays(tmp_path / "none.npz") == {}


def test_a_reader_serves_the_encoder_it_was_learned_over_only(
    folder: Path, encoder: Encoder, tmp_path: Path
) -> None:
    arrays = some_reader(folder, encoder.name)
    assert load_reader(folder, encoder.name, arrays) is not None
    assert load_reader(folder, "other", arrays) is None
    assert load_reader(tmp_path, encoder.name, arrays) is None  # an ONNX file has no layers to turn
    assert load_reader(folder, encoder.name, {}) is None


def test_with_a_reader_reasons_still_add_up(folder: Path, encoder: Encoder) -> None:
    random = np.random.default_rng(3)
    labels = random.integers(0, 2, 120)
    before, reading = (labels * 2 - 1 + random.normal(size=120) for _ in range(2))
    cosines = random.normal(size=(120, CLOSENESS))
    groups = [f"topic {row % 12}" for row in range(120)]
    stage, logits = fit_reading(before, cosines, reading, labels, np.ones(120), groups)
    assert ((logits > 0) == labels).mean() > 0.85
    arrays = some_stage(encoder, encoder.name) | stage
    reader = load_reader(folder, encoder.name, some_reader(folder, encoder.name))
    neural = NeuralScorer(load_scorer(), arrays, encoder, threshold=0.05, reader=reader)
    first = neural.score(inputs())[0]
    assert {reason.code for reason in first.reasons} >= {"neural.topic", "neural.wording"}
    logit = math.fsum(reason.log_odds for reason in first.reasons)
    assert first.prospect == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-9)
    plain = NeuralScorer(load_scorer(), arrays, encoder, threshold=0.05)
    assert plain.score(inputs())[0].prospect != first.prospect


def test_closeness_is_of_parts_to_sides_of_the_topic(encoder: Encoder) -> None:
    cosines, saying = Comparison(encoder).compare(inputs())
    assert cosines.shape == (len(TEXTS), CLOSENESS)
    assert saying.shape == (len(TEXTS), 2 * SIZE)
    assert (np.abs(cosines) < 1.001).all()
    assert (cosines[:, 2::4] >= cosines[:, 3::4] - 1e-6).all()  # the nearest is at least the mean


def test_an_onnx_file_will_do(tmp_path: Path) -> None:
    _write_tokenizer(tmp_path)
    table = np.random.default_rng(1).normal(size=(len(WORDS), SIZE)).astype(np.float32)
    (tmp_path / "model.onnx").write_bytes(_lookup_model(table))
    found = load_encoder(str(tmp_path)).encode(["my dog"])[0]
    wanted = table[WORDS.index("my")] + table[WORDS.index("dog")]
    assert found == pytest.approx(wanted / np.linalg.norm(wanted), abs=1e-6)


def test_what_is_missing_or_broken_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="neither a folder nor"):
        find_folder("no-such-encoder-anywhere")
    with pytest.raises(Refused, match="holds no encoder"):
        load_encoder(str(tmp_path))
    for name in ("tokenizer.json", "config.json"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(Refused, match="cannot be read"):
        load_encoder(str(tmp_path))


def _lookup_model(table: np.ndarray[tuple[int, int], np.dtype[np.float32]]) -> bytes:
    """An ONNX file of one Gather, ids to rows of ``table``; by hand, as onnx is not here."""

    def field(number: int, content: bytes | str | int) -> bytes:
        if isinstance(content, int):
            return _varint(number << 3) + _varint(content)
        raw = content.encode() if isinstance(content, str) else content
        return _varint(number << 3 | 2) + _varint(len(raw)) + raw

    def value(name: str, kind: int, dimensions: list[str | int]) -> bytes:
        shape = b"".join(
            field(1, field(1 if isinstance(one, int) else 2, one)) for one in dimensions
        )
        return field(1, name) + field(2, field(1, field(1, kind) + field(2, shape)))

    node = field(1, "table") + field(1, "input_ids") + field(2, "hidden") + field(4, "Gather")
    weights = (
        field(1, table.shape[0])
        + field(1, table.shape[1])
        + field(2, 1)
        + field(8, "table")
        + field(9, table.tobytes())
    )
    graph = (
        field(1, node)
        + field(2, "lookup")
        + field(5, weights)
        + field(11, value("input_ids", 7, ["texts", "tokens"]))
        + field(12, value("hidden", 1, ["texts", "tokens", table.shape[1]]))
    )
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def test_evaluate_with_an_encoder(folder: Path, tmp_path: Path) -> None:
    rows = [
        {"text": TEXTS[0], "label": 1, "topic": "dog care", "keywords": list(DOGS.keywords)},
        {"text": TEXTS[1], "label": 0, "topic": "dog care"},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    words = ["evaluate", str(path), "--json", "--neural", "--encoder", str(folder)]
    result = CliRunner().invoke(app, [*words, "--threshold", "0", "--prevalence", "0.07"])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["n"] == 2
    assert found["ap_at_prevalence"] == found["ap"] == 1.0
    missing = CliRunner().invoke(app, [*words[:4], "--encoder", str(tmp_path / "nowhere")])
    assert isinstance(missing.exception, Refused)
