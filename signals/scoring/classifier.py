"""The trained scorer: heads, relevance and prospect stage of a bundle, with reasons that add up."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from signals.scoring import features
from signals.scoring.arabic import HEADS as ARABIC_HEADS
from signals.scoring.arabic import ArabicHeads, place_letters
from signals.scoring.contract import Intent, Reason, Score, ScorerInput
from signals.scoring.cues import read
from signals.scoring.engine import HEADS, Engine, Study
from signals.scoring.reasons import Shown, grouped, largest_first
from signals.scoring.rules import WORDLESS, logistic, rule_intents, score_reading
from signals.scoring.stack import Linear
from signals.scoring.storage import Arrays
from signals.scoring.tokens import weigh
from signals.scoring.topic import compile_topic
from signals.scoring.trees import Trees
from signals.text import has_arabic

_BATCH: Final = 512
#: In a language the bundle never saw, cues of form still count, but for half.
_UNSURE: Final = 0.5
#: What is left of a post that its author marks as sarcasm.
_JOKING: Final = 0.25
_BASE_LOGIT: Final = -2.4
_KNOWN_SHARE: Final = 0.18  # of the words; below, a text is not the English that was learned
_LEARNED: Final = frozenset({Intent.SEEKING, Intent.SELLER})


class BundleScorer:
    """Fulfils the ``Scorer`` contract from a bundle's arrays; deterministic, never raises."""

    def __init__(self, arrays: Arrays, version: str) -> None:
        self._version = version
        self.engine = Engine(arrays)
        self._calibration = arrays["head_calibration"]
        self._long = Linear(arrays["long_weights"], float(arrays["long_bias"][0]))
        self._short = Linear(arrays["brief_weights"], float(arrays["brief_bias"][0]))
        self._prospect_mean = arrays["prospect_mean"]
        self._absent = Linear(arrays["absent_weights"], float(arrays["absent_bias"][0]))
        self._bare = Linear(arrays["bare_weights"], float(arrays["bare_bias"][0]))
        self._general = Linear(arrays["general_weights"], float(arrays["general_bias"][0]))
        self._general_mean = arrays["general_mean"]
        self._relevance = Linear(arrays["relevance_weights"], float(arrays["relevance_bias"][0]))
        self._topical = arrays["topical_weights"].astype(np.float32) * arrays["topical_scale"]
        self._topical_idf = arrays["topical_idf"].astype(np.float32) / 20.0
        self._topical_mean = arrays["topical_mean"]
        self._meaning = arrays["meaning_weights"].astype(np.float64)
        self._trees = Trees(arrays, "tree")
        self._tree_share = arrays["tree_share"]
        self._arabic = ArabicHeads(arrays) if "arabic_weights" in arrays else None

    @property
    def version(self) -> str:
        """Name and version."""
        return self._version

    def score(self, inputs: Sequence[ScorerInput]) -> Sequence[Score]:
        """Scores of the same length and order as ``inputs``."""
        out: list[Score] = []
        for start in range(0, len(inputs), _BATCH):
            out += self._score_batch(inputs[start : start + _BATCH])
        return out

    def vectors(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A vector of length one per text: English by its words, Arabic by its letter groups."""
        parts = [
            self.engine.place_texts(texts[start : start + _BATCH])
            for start in range(0, len(texts), _BATCH)
        ]
        english = np.vstack(parts) if parts else np.zeros((0, 1), np.float32)
        letters = place_letters([read(text) if has_arabic(text) else None for text in texts])
        return np.hstack([english, letters])

    def _score_batch(self, inputs: Sequence[ScorerInput]) -> list[Score]:
        study = self.engine.study(inputs)
        intents = self._intents(study)
        relevance = self._relevance.logits(study.columns[:, features.RELEVANCE])
        shown = self._prospects(study, inputs)
        scores: list[Score | None] = [None] * len(inputs)
        arabic = [
            row
            for row, (item, reading) in enumerate(zip(inputs, study.readings, strict=True))
            if self._arabic is not None
            and item.kind not in WORDLESS
            and (item.language == "ar" or (item.language is None and reading.arabic))
            and reading.arabic
        ]
        for row, score in zip(arabic, self._score_arabic(study, arabic), strict=True):
            scores[row] = score
        for row, item in enumerate(inputs):
            if scores[row] is not None:
                continue
            named = compile_topic(item.topic).named
            if item.kind in WORDLESS or not study.readings[row].words:
                scores[row] = score_reading(study.readings[row], item)
            elif not self._known(study, row, item.language):
                rules = score_reading(study.readings[row], item)
                scores[row] = _drawn(rules, "language.unsure", _UNSURE)
            else:
                reasons = shown[row]
                scores[row] = Score(
                    {intent: logistic(float(values[row])) for intent, values in intents.items()},
                    logistic(float(relevance[row])) if named else 0.5,
                    logistic(math.fsum(reason.log_odds for reason in reasons)),
                    reasons,
                )
        return [
            _drawn(score, "language.joking", _JOKING)
            if reading.joking and item.kind not in WORDLESS and _is_over_base(score)
            else score
            for item, score, reading in zip(inputs, scores, study.readings, strict=True)
            if score is not None
        ]

    def _known(self, study: Study, row: int, language: str | None) -> bool:
        """Whether a text is English enough for what was learned from English."""
        if language == "en":
            return True
        batch = study.batch
        mine = slice(batch.offsets[row], batch.offsets[row + 1])
        known = float((batch.styles[mine] == batch.words[mine]).mean()) if batch.lengths[row] else 0
        return language is None and known >= _KNOWN_SHARE

    def _intents(self, study: Study) -> Mapping[Intent, NDArray[np.float64]]:
        """Calibrated logit per intent for every text of a batch."""
        honest = study.logits.astype(np.float64) * self._calibration[:, 0] + self._calibration[:, 1]
        column = {head: honest[:, position] for position, head in enumerate(HEADS)}
        rules = [rule_intents(reading, "post") for reading in study.readings]
        # Offers of some length are told from requests best by the head that knows only these two;
        # the other one keeps chatter out.
        long = np.array([len(reading.text) > features.BRIEF for reading in study.readings])
        column["seller"] = np.where(
            long, 0.3 * column["seller"] + 0.7 * column["offering"], column["seller"]
        )
        out: dict[Intent, NDArray[np.float64]] = {}
        for intent in Intent:
            by_rules = np.array([logits[intent] for logits in rules])
            if intent in _LEARNED:
                out[intent] = column[intent.value]
            else:  # a few dozen examples each: the rules steady them
                out[intent] = 0.5 * column[intent.value] + 0.5 * by_rules
        return out

    def _prospects(self, study: Study, inputs: Sequence[ScorerInput]) -> list[tuple[Reason, ...]]:
        """The contributions to the prospect logit of every text."""
        grams = weigh(study.batch.topical_grams(study.marks), self._topical_idf)
        topical = np.asarray(grams @ self._topical, np.float64) - self._topical_mean
        topical += study.meaning @ self._meaning
        centred = study.columns - self._prospect_mean
        groups = grouped(features.COLUMNS)
        grown = self._trees.contributions(study.columns, groups)
        stages = [
            (
                stage.bias
                + float(mean)
                + float(self._prospect_mean @ stage.weights)
                + tree_share * self._trees.base,
                (centred * stage.weights) @ groups + tree_share * grown,
            )
            for stage, mean, tree_share in zip(
                (self._long, self._short),
                self._topical_mean,
                self._tree_share.tolist(),
                strict=True,
            )
        ]
        share = np.array([features.brevity(item.text) for item in inputs])
        bases = (1 - share) * stages[0][0] + share * stages[1][0]
        sums = (1 - share)[:, None] * stages[0][1] + share[:, None] * stages[1][1]
        wording = (1 - share) * topical[:, 0] + share * topical[:, 1]
        plain = (study.columns[:, features.TOPICLESS] - self._general_mean) * self._general.weights
        plain_base = self._general.bias + float(self._general_mean @ self._general.weights)
        names = [features.COLUMNS[index] for index in features.TOPICLESS]
        plain_sums = plain @ grouped(names)
        unnamed = features.unnamed(study.columns)
        before = bases + sums.sum(1) + wording
        seen = np.c_[before, study.columns[:, features.RELEVANCE]]
        away, bare = self._absent.logits(seen) - before, self._bare.logits(seen) - before
        out = []
        for row, item in enumerate(inputs):
            shown = Shown(study.readings[row])
            if compile_topic(item.topic).named:
                base = float(bases[row])
                found = shown.reasons(base, sums[row], float(wording[row]), study.places[row])
                # A need, perhaps, but of this topic? A name alone says less than keywords do.
                code = "topic.absent" if unnamed[row] else "calibration"
                if not item.topic.keywords:
                    found = largest_first([*found, Reason(code, float(bare[row]))])
                elif unnamed[row]:
                    found = largest_first([*found, Reason(code, float(away[row]))])
                out.append(found)
            else:
                out.append(shown.reasons(plain_base, plain_sums[row], 0.0, None))
        return out

    def _score_arabic(self, study: Study, rows: Sequence[int]) -> list[Score]:
        if not rows or self._arabic is None:
            return []
        logits = self._arabic.logits(
            [study.readings[row] for row in rows], [study.places[row] for row in rows]
        )
        out = []
        for row, values in zip(rows, logits, strict=True):
            named = {head: float(value) for head, value in zip(ARABIC_HEADS, values, strict=True)}
            reasons = Shown(study.readings[row]).arabic(named["prospect"], study.rules[row])
            out.append(
                Score(
                    {intent: logistic(named[intent.value]) for intent in Intent},
                    _place_share(study, row),
                    logistic(math.fsum(reason.log_odds for reason in reasons)),
                    reasons,
                )
            )
        return out


def _place_share(study: Study, row: int) -> float:
    from signals.scoring.topic import relevance  # the rules' estimate: vectors are English

    return relevance(study.places[row], named=True)[0]


def _logit(score: Score) -> float:
    return math.fsum(reason.log_odds for reason in score.reasons)


def _is_over_base(score: Score) -> bool:
    return _logit(score) > _BASE_LOGIT


def _drawn(score: Score, code: str, share: float) -> Score:
    """A score of which only a share counts, the base rate for the rest, and that says so."""
    logit = _logit(score)
    drawn = _BASE_LOGIT + share * (logit - _BASE_LOGIT)
    reasons = largest_first([*score.reasons, Reason(code, drawn - logit)])
    intents = {
        intent: logistic(share * math.log(max(p, 1e-9) / max(1 - p, 1e-9)) - 1.6 * (1 - share))
        for intent, p in score.intents.items()
    }
    total = math.fsum(reason.log_odds for reason in reasons)
    return Score(intents, score.relevance, logistic(total), reasons)
