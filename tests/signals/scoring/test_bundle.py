"""The trained scorer: additive reasons, order, determinism, refusal of tampered files."""

from __future__ import annotations

import json
import math
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signals.scoring import storage
from signals.scoring.contract import Intent, Scorer, ScorerInput, TopicContext
from signals.scoring.cues import CODES
from signals.scoring.load import load_problem, load_scorer

DOGS = TopicContext("dog training and pet care", ("puppy", "dog trainer", "vet", "dog food"))
TEXTS = [
    "Can anyone recommend a dog trainer?\nMy puppy bites everything and I am at my wits' end.",
    "New study finds dogs dream. Vet says so too.",
    "We offer dog training in town, 20% off this week, DM us",
    "any good vet around here? my dog ate a sock",
    "محتاج دكتور بيطري لكلبي، مين يعرف أحد شاطر؟",
    "Welches Hundefutter könnt ihr empfehlen?",
    "",
    "😀",
    "x" * 40_000,
]


@pytest.fixture(scope="module")
def scorer() -> Scorer:
    found = load_scorer()
    assert load_problem() is None
    return found


def inputs(texts: list[str], topic: TopicContext = DOGS) -> list[ScorerInput]:
    return [ScorerInput(text, None, "post", topic) for text in texts]


def test_needs_stand_above_news_and_offers(scorer: Scorer) -> None:
    asks, news, sells, brief, *_ = scorer.score(inputs(TEXTS))
    assert asks.prospect > 0.5
    assert brief.prospect > max(news.prospect, sells.prospect)
    assert sells.intents[Intent.SELLER] > asks.intents[Intent.SELLER]
    assert asks.intents[Intent.SEEKING] > 0.5 > news.intents[Intent.SEEKING]


def test_the_same_need_elsewhere_is_less_relevant(scorer: Scorer) -> None:
    text = "Can anyone recommend a good graphics card?\nMy budget is $300 and my puppy ate mine."
    dogs, cards = scorer.score(
        [
            *inputs([text]),
            *inputs([text], TopicContext("building a PC", ("graphics card", "gpu"))),
        ]
    )
    assert cards.relevance > dogs.relevance
    assert cards.prospect > dogs.prospect


@pytest.mark.parametrize("topic", [DOGS, TopicContext("")])
def test_contributions_add_up(scorer: Scorer, topic: TopicContext) -> None:
    for text, found in zip(TEXTS, scorer.score(inputs(TEXTS, topic)), strict=True):
        logit = math.fsum(reason.log_odds for reason in found.reasons)
        assert found.prospect == pytest.approx(1 / (1 + math.exp(-logit)), abs=1e-9)
        assert any(reason.code == "intercept" for reason in found.reasons)
        for reason in found.reasons:
            assert reason.code in CODES
            if reason.start >= 0:
                assert text[reason.start : reason.end] == reason.phrase


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=200))
def test_any_text_gets_probabilities(scorer: Scorer, text: str) -> None:
    found = scorer.score(inputs([text]))[0]
    assert all(0 <= value <= 1 for value in found.intents.values())
    assert 0 <= found.prospect <= 1
    assert 0 <= found.relevance <= 1
    assert math.isfinite(found.prospect)


def test_order_and_company_do_not_matter(scorer: Scorer) -> None:
    together = scorer.score(inputs(TEXTS))
    backwards = scorer.score(inputs(TEXTS[::-1]))[::-1]
    alone = [scorer.score(inputs([text]))[0] for text in TEXTS]
    for one, two, three in zip(together, backwards, alone, strict=True):
        assert one.prospect == pytest.approx(two.prospect, abs=1e-6)
        assert one.prospect == pytest.approx(three.prospect, abs=1e-6)


def test_the_same_batch_gives_the_same_score(scorer: Scorer) -> None:
    assert scorer.score(inputs(TEXTS)) == scorer.score(inputs(TEXTS))
    assert load_scorer().score(inputs(TEXTS)) == scorer.score(inputs(TEXTS))


def test_other_languages_say_that_they_are_less_sure(scorer: Scorer) -> None:
    item = ScorerInput(TEXTS[5], "de", "post", DOGS)
    found = scorer.score([item])[0]
    assert any(reason.code == "language.unsure" for reason in found.reasons)


@pytest.mark.parametrize("mark", ["/s", "(sarcasm)", "</sarcasm>", "#sarcasm"])
def test_what_its_author_marks_as_sarcasm_is_hardly_a_need(scorer: Scorer, mark: str) -> None:
    text = "Can anyone recommend a good vet for my puppy?"
    meant, joked = scorer.score(inputs([text, f"{text} {mark}"]))
    assert meant.prospect > 0.5
    assert joked.prospect < 0.3
    assert any(reason.code == "language.joking" for reason in joked.reasons)
    assert joked.intents[Intent.SEEKING] < meant.intents[Intent.SEEKING]
    total = math.fsum(reason.log_odds for reason in joked.reasons)
    assert joked.prospect == pytest.approx(1 / (1 + math.exp(-total)), abs=1e-9)


def test_a_stroke_in_an_address_is_no_sarcasm(scorer: Scorer) -> None:
    text = "Can anyone recommend a good vet? See https://vet.example/s and w/s offers"
    found = scorer.score(inputs([text]))[0]
    assert all(reason.code != "language.joking" for reason in found.reasons)


def test_nothing_in_nothing_out(scorer: Scorer) -> None:
    assert list(scorer.score([])) == []


def small_bundle(folder: Path) -> Path:
    storage.save(folder, {"one": np.arange(5), "two": np.ones((2, 2))}, {"version": "t"}, {"a": 1})
    return folder


def test_equal_arrays_give_equal_bytes(tmp_path: Path) -> None:
    first, second = small_bundle(tmp_path / "1"), small_bundle(tmp_path / "2")
    for name in (storage.ARRAYS, storage.MANIFEST, storage.CARD):
        assert (first / name).read_bytes() == (second / name).read_bytes()
    arrays, manifest = storage.load(first)
    assert manifest["version"].startswith("t.")
    storage.save(tmp_path / "3", {"one": np.arange(6)}, {"version": "t"}, {"a": 1})
    assert storage.load(tmp_path / "3")[1]["version"] != manifest["version"]
    assert arrays["one"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("name", [storage.ARRAYS, storage.CARD])
def test_a_changed_file_is_refused(tmp_path: Path, name: str) -> None:
    folder = small_bundle(tmp_path)
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(storage.BrokenBundle):
        storage.load(folder)


@pytest.mark.parametrize("name", [storage.ARRAYS, storage.MANIFEST, storage.CARD])
def test_a_missing_file_brings_the_rules(tmp_path: Path, name: str) -> None:
    folder = small_bundle(tmp_path)
    (folder / name).unlink()
    assert load_scorer(folder).version == "rules.v1"
    assert "rules" in (load_problem(folder) or "")


def test_a_foreign_type_is_refused_even_with_the_right_hash(tmp_path: Path) -> None:
    import hashlib

    folder = small_bundle(tmp_path)
    evil = tmp_path / "evil.skops"
    with zipfile.ZipFile(folder / storage.ARRAYS) as old, zipfile.ZipFile(evil, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "schema.json":
                schema = json.loads(content)
                schema["__class__"], schema["__module__"] = "system", "os"
                content = json.dumps(schema).encode()
            new.writestr(name, content)
    shutil.move(evil, folder / storage.ARRAYS)
    manifest = json.loads((folder / storage.MANIFEST).read_text())
    digest = hashlib.sha256((folder / storage.ARRAYS).read_bytes()).hexdigest()
    manifest["sha256"][storage.ARRAYS] = digest
    (folder / storage.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(storage.BrokenBundle):
        storage.load(folder)


def test_arrays_of_the_wrong_kind_bring_the_rules(tmp_path: Path) -> None:
    assert load_scorer(small_bundle(tmp_path)).version == "rules.v1"


def test_the_shipped_bundle_is_small(scorer: Scorer) -> None:
    size = sum(path.stat().st_size for path in storage.BUNDLE.iterdir())
    assert size < 8_000_000


def test_a_post_of_several_topics_scores_as_it_does_alone(scorer: Scorer) -> None:
    cards = TopicContext("building a PC", ("graphics card", "gpu"))
    mixed = [
        item for pair in zip(inputs(TEXTS), inputs(TEXTS, cards), strict=True) for item in pair
    ]
    together = scorer.score(mixed)
    for item, found in zip(mixed, together, strict=True):
        assert found.prospect == pytest.approx(scorer.score([item])[0].prospect, abs=1e-6)


def test_a_need_is_no_need_of_a_topic_it_does_not_touch(scorer: Scorer) -> None:
    text = "Can anyone recommend a dog trainer?\nMy puppy bites everything and I need help."
    dogs, retirement = scorer.score(
        [*inputs([text]), *inputs([text], TopicContext("retirement planning", ("401k", "pension")))]
    )
    assert dogs.prospect > 0.4
    assert retirement.prospect < 0.1
    assert any(reason.code == "topic.absent" for reason in retirement.reasons)
