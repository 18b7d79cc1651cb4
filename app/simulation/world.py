"""An invented community with a hidden truth: who has a need, what they write, what they answer."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from signals.collectors.contract import Author, Engagement, Kind

NETWORKS = ("bluesky", "reddit")
RETIREMENT, SCHOOLS, MOVING = "Retirement", "Schools", "Moving"
#: What each topic listens for.
KEYWORDS = {
    RETIREMENT: ("retirement planning", "401k", "pension"),
    SCHOOLS: ("school fees", "boarding school", "tuition plan"),
    MOVING: ("moving abroad", "relocation", "removal company"),
}
_BESIDE = {SCHOOLS: 5, MOVING: 10}  # engagements a day on the topics beside the first
_TWINS = 0.9  # of those who speak of schools: a second account that a rep made for them
_NAMESAKES = 50  # of so many who speak of moving one bears the name of somebody else there

_OPENERS = (
    "We stop working in {n} years", "My employer changed plans", "I am {age} and self-employed",
    "My wife and I live in {city}", "I left a job in {city} last spring", "Turning {age} soon",
    "Long-time reader here", "After the move to {city}", "Our numbers look thin",
)  # fmt: skip
_NEEDS = (
    "can anyone recommend somebody who helps with {topic}", "I need advice on {topic}",
    "which adviser should I choose for {topic}", "looking for help with {topic}",
    "who do you trust with {topic}", "what should I do about {topic}",
    "does anybody know a good planner for {topic}", "I am stuck on {topic}, please help",
)  # fmt: skip
_TALK = (
    "read another long piece on {topic}", "{topic} came up at dinner again",
    "{topic} is in the news, as every autumn", "my uncle will not stop about {topic}",
    "finished the paperwork for {topic} years ago", "a lecture on {topic} was fully booked",
    "so many opinions on {topic} today", "the new rules on {topic} read like a novel",
)  # fmt: skip
_SELLING = (
    "we offer {topic} for families, book a call", "our team made {topic} simple, sign up now",
    "free webinar on {topic}, link in bio", "I am an adviser for {topic}, message me for a quote",
)  # fmt: skip
_DETAILS = (
    "we have about {n}0 thousand saved", "two accounts at old employers", "no idea about the fees",
    "the house is paid off", "one of us works part time", "children are out of the house",
    "the statement runs to {n} pages", "nobody at the bank calls back", "{city} is not cheap",
    "we rent for {n} more years", "I keep a spreadsheet of it", "the forms confuse me",
)  # fmt: skip
_CLOSERS = (
    "Thanks in advance.", "Hoping to settle it by March.", "Any thought counts.",
    "It is due in {n} weeks.", "Greetings from {city}.", "More below.", "", "That is all.",
)  # fmt: skip
_CITIES = (
    "Leeds", "Cork", "Aachen", "Porto", "Tampa", "Graz", "Lyon", "Perth", "Oulu", "Gdansk",
    "Basel", "Utrecht", "Malmo", "Turin", "Bergen", "Nancy",
)  # fmt: skip

# What everybody adds in words of their own: the same words of many accounts would be a campaign.
_THINGS = (
    "kettle", "garden", "bicycle", "river", "window", "ladder", "market", "letter",
    "engine", "winter", "basket", "pencil", "bridge", "candle", "orchard", "button",
    "harbour", "lantern", "meadow", "needle", "organ", "pillow", "quarry", "ribbon",
    "saddle", "tunnel", "umbrella", "valley", "wagon", "anchor", "barrel", "carpet",
    "drawer", "elbow", "feather", "guitar", "hammer", "island", "jacket", "kitchen",
    "lemon", "mirror", "notebook", "oven", "parcel", "quilt", "rope", "stable",
    "table", "village", "whistle", "yard", "apron", "bakery", "cellar", "dresser",
    "easel", "fountain", "gate", "hedge",
)  # fmt: skip
_DOINGS = (
    "paints", "carries", "mends", "counts", "washes", "keeps", "sorts", "borrows",
    "draws", "forgets", "fills", "guards", "hears", "follows", "lifts", "moves",
    "names", "opens", "packs", "reads", "sells", "ties", "visits", "waters",
    "closes", "builds", "cleans", "hides", "finds", "shares",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person; ``needs`` is the truth that no part of the program may see.

    ``human`` is the same for two accounts of one; ``handle`` is what the account is called.
    """

    name: str
    needs: bool
    network: str
    handle: str
    human: str
    topic: str = RETIREMENT


@dataclass(slots=True)
class World:
    """Who exists so far, and what happens on each day. The same seed gives the same quarter."""

    rng: random.Random
    per_day: int
    need_share: float
    people: dict[str, Person] = field(default_factory=dict)
    names: dict[str, list[str]] = field(default_factory=dict)  # by topic, in the order they came

    def speak(self, day: datetime) -> Iterator[Engagement]:
        """What the community posts on a day that begins at ``day`` (UTC), oldest first."""
        for topic, usual in ({RETIREMENT: self.per_day} | _BESIDE).items():
            yield from self._speak_of(topic, usual, day)

    def _speak_of(self, topic: str, usual: int, day: datetime) -> Iterator[Engagement]:
        number = max(0, round(self.rng.gauss(usual, usual**0.5)))
        moments = sorted(self.rng.uniform(0, 24 * 3600) for _ in range(number))
        for index, seconds in enumerate(moments):
            people = self._somebody(topic, day, index)
            for person in people:
                name = f"{day:%Y%m%d}-{topic}-{index}" + ("-twin" if person != people[0] else "")
                yield Engagement(
                    network=person.network,
                    external_id=name,
                    kind=Kind.POST if self.rng.random() < 0.7 else Kind.COMMENT,
                    author=Author(person.name, person.handle),
                    text=self._words(person),
                    url=f"https://example.org/{day:%Y%m%d}/{topic}/{name}",
                    occurred_at=day + timedelta(seconds=int(seconds)),
                    language="en",
                )

    def _somebody(self, topic: str, day: datetime, index: int) -> list[Person]:
        """Who speaks: somebody known or new, with the account a rep made for them, if one did."""
        known = self.names.setdefault(topic, [])
        if known and self.rng.random() < 0.15:  # some speak again
            return [self.people[self.rng.choice(known[-400:])]]
        name = f"sim_{topic[:1].lower()}{day:%m%d}_{index}"
        person = Person(
            name, self.rng.random() < self.need_share, self.rng.choice(NETWORKS), name, name, topic
        )
        if topic == MOVING and len(known) % _NAMESAKES == _NAMESAKES // 4:
            needy = [one for one in known if self.people[one].needs]
            other = self.people[(needy or known)[-1]]
            person = replace(person, handle=other.handle, network=_other(other.network), needs=True)
        told = [person]
        if topic == SCHOOLS and self.rng.random() < _TWINS:
            person = told[0] = replace(person, needs=True)  # who is made up has a need
            told.append(replace(person, name=f"{name}_2", network=_other(person.network)))
        for one in told:
            self.people[one.name] = one
            known.append(one.name)
        return told

    def _words(self, person: Person) -> str:
        # Words and truth differ now and then, or there would be nothing to learn from reps.
        clear = self.rng.random() < 0.85
        if person.needs:
            said = self.rng.choice(_NEEDS if clear else _TALK)
        else:
            kinds = (_TALK, _TALK, _SELLING) if clear else (_NEEDS,)
            said = self.rng.choice(self.rng.choice(kinds))
        parts = [self.rng.choice(_OPENERS), said, *self.rng.sample(_DETAILS, 3)]
        text = f"{parts[0]}, {parts[1]}. {parts[2]}; {parts[3]}, {parts[4]}."
        text = f"{text} {self._aside()} {self.rng.choice(_CLOSERS)}"
        return text.format(
            topic=self.rng.choice(KEYWORDS[person.topic]), city=self.rng.choice(_CITIES),
            n=self.rng.randint(2, 40), age=self.rng.randint(38, 66),
        ).strip()  # fmt: skip

    def _aside(self) -> str:
        pick = self.rng.choice
        asides = (f"The {pick(_THINGS)} {pick(_DOINGS)} a {pick(_THINGS)}" for _ in range(6))
        return ". ".join(asides) + "."

    def answer(self, name: str) -> str:
        """What comes of contacting somebody from a list: a disposition."""
        person = self.people[name]
        if person.needs:
            outcomes = ("contacted", "replied", "meeting", "proposal", "won", "no_answer")
            return self.rng.choices(outcomes, (38, 26, 10, 3, 3, 20))[0]
        outcomes = ("contacted", "not_relevant", "not_interested", "no_answer", "wrong_person",
                    "meeting")  # fmt: skip
        return self.rng.choices(outcomes, (30, 28, 16, 24, 1.4, 0.6))[0]

    def answer_cold(self) -> str:
        """What comes of a cold call."""
        outcomes = ("no_answer", "not_interested", "contacted", "meeting", "won")
        return self.rng.choices(outcomes, (58, 30, 10, 1.7, 0.3))[0]


def _other(network: str) -> str:
    return NETWORKS[1 - NETWORKS.index(network)]
