"""Which scorer runs: the shipped bundle when it is whole, else the rules."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from config.errors import Refused
from signals.scoring import storage
from signals.scoring.contract import Scorer, ScorerInput, TopicContext
from signals.scoring.rules import RuleScorer

_PROBE: Final = ScorerInput("Which one?", "en", "post", TopicContext("any", ("one",)))


def load_scorer(folder: Path | None = None) -> Scorer:
    """The bundle in ``folder`` (the shipped one if not given), or the rules; never raises."""
    scorer, _ = _load(folder)
    return scorer


def load_cascade(folder: Path | None = None) -> Scorer:
    """For raw streams: the sieve before the bundle; the plain scorer where there is no sieve."""
    from signals.scoring.classifier import BundleScorer  # needs numpy, scipy
    from signals.scoring.sieve import Cascade, Sieve

    scorer = load_scorer(folder)
    if not isinstance(scorer, BundleScorer):
        return scorer
    try:
        arrays, _ = storage.load(folder or storage.BUNDLE)
        return Cascade(Sieve(arrays, scorer.engine.spaces[0].close_words), scorer)
    except (storage.BrokenBundle, KeyError):
        return scorer


def load_neural(name: str, *, threshold: float, folder: Path | None = None) -> Scorer:
    """The bundle with the encoder of that folder or package over it.

    Only posts from ``threshold`` on are read by the encoder. Refused where the encoder or the
    bundle's part for it is missing.
    """
    from signals.scoring.encoder import find_folder, load_encoder
    from signals.scoring.neural import NeuralScorer
    from signals.scoring.reader import load_reader

    encoder = load_encoder(name)
    try:
        arrays, _ = storage.load(folder or storage.BUNDLE)
        # Where no stage was fitted over the reader, closeness alone counts.
        known = arrays if "reading_weights" in arrays else {}
        reader = load_reader(find_folder(name), encoder.name, known)
        return NeuralScorer(
            load_scorer(folder), arrays, encoder, threshold=threshold, reader=reader
        )
    except (storage.BrokenBundle, KeyError) as error:
        raise Refused(
            "The bundle has no neural stage (%(error)s).",
            "Run: warmlist scorer train",
            error=error,
        ) from None


def load_problem(folder: Path | None = None) -> str | None:
    """One line on why the bundle cannot be used, ``None`` when it can."""
    _, problem = _load(folder)
    return problem


def _load(folder: Path | None) -> tuple[Scorer, str | None]:
    try:
        arrays, manifest = storage.load(folder or storage.BUNDLE)
        from signals.scoring.classifier import BundleScorer  # after the check: needs numpy, scipy

        scorer = BundleScorer(arrays, str(manifest.get("version", "bundle")))
        scorer.score([_PROBE])  # a bundle of another release would only fail at the first post
    except storage.BrokenBundle as error:
        return RuleScorer(), f"{error}; the rules score alone"
    except Exception as error:  # noqa: BLE001 - arrays of the wrong shape must not stop the program
        return (
            RuleScorer(),
            f"the bundle does not fit this program ({error}); the rules score alone",
        )
    return scorer, None
