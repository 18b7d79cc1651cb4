"""Reading a post: its own words, its sentences, its title and the cues found in it.

All cues of all languages stand in one Aho-Corasick automaton over folded text. Every cue is stored
with a space on both sides and punctuation is read as a space, so that the automaton itself
confirms token boundaries and no hit has to be checked again.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import islice
from typing import Final, NamedTuple

import ahocorasick

from signals.scoring.cues_ar import ARABIC
from signals.scoring.cues_en import ENGLISH
from signals.text import fold, fold_map, has_arabic

#: Code of a reason -> what it tells people. ``{…}`` is never used: the phrase stands beside it.
CODES: Final[dict[str, str]] = {
    "intercept": "Where every post starts",
    "cue.asks_which": "Asked which to choose",
    "cue.asks_recommendation": "Asked for a recommendation",
    "cue.asks_advice": "Asked for advice",
    "cue.looking_for": "Said they are looking for something",
    "cue.question": "Asked a question",
    "cue.complains": "Complained",
    "cue.reports_problem": "Described a problem",
    "cue.switching": "Spoke of switching or replacing",
    "cue.plans_to_buy": "Said they plan to buy or start",
    "cue.names_budget": "Named a budget or a price",
    "cue.leaves_employer": "Said they are changing jobs or leaving an employer",
    "cue.retires": "Said they are retiring",
    "cue.moves": "Said they are moving home",
    "cue.family_event": "Told of a family event",
    "cue.speaks_of_self": "Spoke of their own situation",
    "cue.offers_service": "Offers a service or sells something",
    "cue.gives_advice": "Gives advice to others",
    "cue.reports_news": "Reports news",
    "cue.chats": "Chats, jokes or shows something",
    "cue.settled": "The need reads as settled",
    "cue.asks_everyone": "Asked everyone for stories or opinions, with no plan of their own",
    "cue.wants_free": "Wants it free or does it alone",
    "cue.link_only": "Only links, no words",
    "cue.no_question": "No question was asked",
    "topic.in_title": "The topic is in the title",
    "topic.in_asking": "The topic is in the sentence that asks",
    "topic.near_asking": "The topic is close to the question",
    "topic.in_passing": "The topic is named in passing",
    "topic.other_word": "The keyword is only part of another word",
    "topic.absent": "The topic is not named",
    "topic.close": "The post is about the topic's subject",
    "topic.far": "The post is about another subject",
    "kind.interest": "Showed interest without words of their own",
    "intent.seeking": "Reads like someone who seeks advice",
    "intent.seller": "Reads like someone who sells",
    "intent.prospect": "Worded like posts of prospects",
    "cue.absent": "What the post does not say",
    "style.length": "Length and form of the post",
    "sieve.left_out": "Left out at first sight",
    "rest": "Smaller things together",
    "topic.keyword": "How the keyword is used",
    "language.unsure": "In a language this scorer knows little of",
    "language.joking": "Marked by the author as sarcasm",
    "calibration": "Adjustment to the shown probability",
    "neural.topic": "Compared with the topic by the sentence encoder",
    "neural.wording": "Read by the sentence encoder",
    "stack.prior": "The shipped scorer's judgement",
    "stack.calibration": "How sure your team's judgements leave the scorer here",
    "stack.intercept": "Where posts of this topic start, by your team's judgements",
    "stack.relevance": "How much closeness to the topic counts, by your team's judgements",
    "stack.words": "Words your team's judgements speak of",
    "stack.similar": "Like posts your team judged",
    "stack.intent_seeking": "How much asking for advice counts, by your team's judgements",
    "stack.intent_pain": "How much complaining counts, by your team's judgements",
    "stack.intent_purchase": "How much plans to buy count, by your team's judgements",
    "stack.intent_life_event": "How much a change in life counts, by your team's judgements",
    "stack.intent_seller": "How much selling counts, by your team's judgements",
    "stack.intent_giver": "How much giving advice counts, by your team's judgements",
    "stack.intent_news": "How much news and chatter count, by your team's judgements",
}

#: Cues in a fixed order: their place is their column in every feature table.
CUES: Final[tuple[str, ...]] = tuple(ENGLISH)
ASKING_CUES: Final[frozenset[str]] = frozenset(
    {"asks_which", "asks_recommendation", "asks_advice", "looking_for"}
)
_ASKING_IDS: Final = frozenset(CUES.index(cue) for cue in ASKING_CUES)

#: Beyond this many characters nothing is read: who asks says so before, and one pasted log of
#: 40,000 characters must not cost as much as sixty posts.
MAX_CHARACTERS: Final = 6_000
_ARABIC_PREFIXES: Final = ("", "و", "ف")
_QUOTED: Final = ("> ", ">", "&gt;")
_OPEN_ENDED: Final = "$"  # "under $" goes on with a figure
# Kept as they are: letters and digits of any script, apostrophe, $, %, and the line break that
# keeps a phrase from spanning two paragraphs.
_PUNCTUATION: Final = {
    ord(character): " " for character in '!"#&()*+,-./:;<=>?@[\\]^_`{|}~،؛؟…•·。、！？¿¡¶|'
}
_SENTENCE: Final = re.compile(r"[^.!?؟？\n]+[.!?؟？]*")
#: How authors mark that they mean the opposite; «/s» stands alone, unlike in an address.
_SARCASM: Final = re.compile(
    r"(?:^|\s)(?:/s|/sarc|/sarcasm|</sarcasm>|#sarcasm|[(\[]sarcasm[)\]]|#سخرية)(?=$|[\s.!)])",
    re.IGNORECASE,
)
_SARCASM_HINTS: Final = ("/s", "/S", "arcasm", "ARCASM", "#سخرية")
_WORD: Final = re.compile(r"[^\s\-‐‑‒–—―_]+")
#: What stands between quotation marks, which folding writes alike, and what blanks it out.
_QUOTATION: Final = re.compile(r'"[^"]{3,300}"')
_QUESTION_MARKS: Final = ("?", "؟", "？")
_BLANK: Final = '"'
_VISIBLE: Final = re.compile(r"[^ ]")
_TITLE_LIMIT: Final = 140


class Hit(NamedTuple):
    """One cue at one place of the folded text."""

    cue: int
    start: int
    end: int


@dataclass(slots=True, frozen=True)
class Line:
    """One line of the author's own words: where it stands in the text and in the folded text."""

    start: int
    end: int
    folded_start: int


def plain(folded: str) -> str:
    """The folded text with punctuation read as spaces, character for character."""
    return folded.translate(_PUNCTUATION)


@lru_cache(maxsize=1)
def _automaton() -> ahocorasick.Automaton:
    phrases: dict[str, set[int]] = {}
    for index, cue in enumerate(CUES):
        for phrase in ENGLISH[cue].split("|"):
            folded = " ".join(plain(fold(phrase)).split())
            tail = "" if folded.endswith(_OPEN_ENDED) else " "
            phrases.setdefault(f" {folded}{tail}", set()).add(index)
        for phrase in ARABIC.get(cue, "").split("|"):
            folded = " ".join(plain(fold(phrase)).split())
            for prefix in _ARABIC_PREFIXES if folded else ():
                phrases.setdefault(f" {prefix}{folded} ", set()).add(index)
    automaton = ahocorasick.Automaton()
    for phrase, cues in phrases.items():
        automaton.add_word(phrase, (len(phrase.rstrip()), len(phrase), tuple(sorted(cues))))
    automaton.make_automaton()
    return automaton


@dataclass(slots=False)
class Reading:
    """What was read of one text; positions are of ``folded`` unless said otherwise.

    ``plain`` is ``folded`` without punctuation and with one space before and after, so an index
    into it is one greater than into ``folded``. ``title_end`` ends the title (the first line, or
    the first sentence of a text that is one line).
    """

    text: str
    folded: str
    plain: str
    lines: list[Line]
    title_end: int
    hits: list[Hit]
    counts: dict[int, int] = field(default_factory=dict)
    first: dict[int, Hit] = field(default_factory=dict)

    @cached_property
    def sentences(self) -> list[tuple[int, int, bool]]:
        """Start, end and whether it asks: it ends in a question mark or holds an asking cue."""
        asking = sorted(hit.start for hit in self.hits if hit.cue in _ASKING_IDS)
        found = []
        for match in _SENTENCE.finditer(self.folded):
            start, end = match.span()
            tail = self.folded[max(start, end - 3) : end]
            asks = "?" in tail or "؟" in tail or "？" in tail
            if not asks and asking:
                at = bisect_right(asking, start - 1)
                asks = at < len(asking) and asking[at] < end
            found.append((start, end, asks))
        return found

    @cached_property
    def questions(self) -> int:
        """Number of sentences that end in a question mark."""
        return sum(
            1 for start, end, asks in self.sentences if asks and self.folded[end - 1] in "?؟？"
        )

    @cached_property
    def words(self) -> list[str]:
        """The tokens of the folded text."""
        return self.plain.split()

    @property
    def joking(self) -> bool:
        """Whether the author marked it as sarcasm."""
        hinted = any(hint in self.text for hint in _SARCASM_HINTS)  # most posts hold none
        return hinted and _SARCASM.search(self.text, 0, MAX_CHARACTERS) is not None

    @cached_property
    def arabic(self) -> bool:
        """Whether any Arabic letter occurs."""
        return not self.folded.isascii() and has_arabic(self.folded)

    def locate(self, start: int, end: int) -> tuple[str, int, int]:
        """The author's own words for a folded span: phrase, start and end in the original text."""
        at = bisect_right(self.lines, start, key=lambda line: line.folded_start) - 1
        if at < 0:
            return "", -1, -1
        line = self.lines[at]
        original = self.text[line.start : line.end]
        offset = line.folded_start
        wanted = self.folded[start:end]
        # Words keep their order when folded, so counting spaces finds most spans at once; where
        # folding dropped a word (only marks) or wrote one differently, the slow map decides.
        skip = self.folded.count(" ", offset, start)
        last_word = skip + wanted.count(" ") + 1
        spans = [match.span() for match in islice(_WORD.finditer(original), skip, last_word)]
        if spans:
            piece_start, piece_end = spans[0][0], spans[-1][1]
            piece = original[piece_start:piece_end]
            if piece.isascii():
                inner = piece.lower().find(wanted.split(" ")[0])
                last = piece.lower().rfind(wanted.split(" ")[-1])
                if inner >= 0 and last >= 0:
                    first = line.start + piece_start + inner
                    final = line.start + piece_start + last + len(wanted.split(" ")[-1])
                    if fold(self.text[first:final]) == wanted:
                        return self.text[first:final], first, final
        _, positions = fold_map(original)
        low, high = start - offset, end - offset - 1
        if not 0 <= low <= high < len(positions):
            return "", -1, -1
        first, final = line.start + positions[low], line.start + positions[high] + 1
        return self.text[first:final], first, final


def _without_quoted_questions(folded: str) -> str:
    """One line with the questions of others blanked out, character for character.

    A line that is nothing but one quotation stays, as its author may well mean it; so does one
    whose marks do not pair (five foot six is written 5'6").
    """
    marks = folded.count(_BLANK)
    if not marks or marks % 2 or not any(mark in folded for mark in _QUESTION_MARKS):
        return folded

    def blank(match: re.Match[str]) -> str:
        quotation = match.group()
        asks = any(mark in quotation for mark in _QUESTION_MARKS)
        return _VISIBLE.sub(_BLANK, quotation) if asks else quotation

    left = _QUOTATION.sub(blank, folded)
    return left if left.strip(f"{_BLANK} ") else folded


def read(text: str) -> Reading:
    """Reads a text of any length and any characters.

    Quoted lines, questions within quotation marks and fenced code are left out.
    """
    head = text[:MAX_CHARACTERS]
    lines: list[Line] = []
    parts: list[str] = []
    length = position = 0
    fenced = False
    for raw in head.split("\n"):
        start, position = position, position + len(raw) + 1
        stripped = raw.lstrip()
        if stripped.startswith("```"):
            fenced = not fenced
            continue
        if fenced or not stripped or stripped.startswith(_QUOTED):
            continue
        folded = _without_quoted_questions(fold(raw))
        if not folded:
            continue
        if parts:
            length += 3
        lines.append(Line(start, start + len(raw), length))
        parts.append(folded)
        length += len(folded)
    folded = " \n ".join(parts)
    flat = f" {plain(folded)} "
    if len(parts) > 1:
        title_end = len(parts[0])
    else:
        match = _SENTENCE.match(folded)
        title_end = min(match.end() if match else 0, _TITLE_LIMIT)
    hits: list[Hit] = []
    counts: dict[int, int] = {}
    first: dict[int, Hit] = {}
    last_end: dict[int, int] = {}
    for end, (visible, full, cues) in _automaton().iter(flat):
        start = end - full + 1
        for cue in cues:
            hit = Hit(cue, start, start + visible - 1)
            if start < last_end.get(cue, -1):  # a longer phrase of the same cue counts once
                continue
            last_end[cue] = hit.end
            hits.append(hit)
            counts[cue] = counts.get(cue, 0) + 1
            if cue not in first:
                first[cue] = hit
    return Reading(text, folded, flat, lines, title_end, hits, counts, first)
