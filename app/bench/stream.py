"""Events and topics for the measurement of a stream, as a busy network has them.

The mixture is that of a recorded window (NETWORKS section 1.4): of what a server sends to somebody
who asks for posts, likes and reposts, about 73 of 100 are likes, 12 posts, 10 reposts, 3 deletions
and 2 about accounts.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec

from app.bench.replay import frame
from signals.policy import find_sensitive_topic

_KINDS: Final = ("like", "post", "repost", "delete", "account")
_SHARES: Final = (73, 12, 10, 3, 2)
_LONGEST: Final = 300  # characters of a post of Bluesky
_SYLLABLES: Final = tuple(a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an"))
_VOCABULARY: Final = 30_000
_STEP_US: Final = 200  # 5,000 events a second


def make_texts(count: int, rng: random.Random) -> list[str]:
    """Posts of made-up words, some words far commoner than others, as in a language."""
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(_VOCABULARY)]
    weights = [1 / (rank + 3) for rank in range(_VOCABULARY)]
    drawn = iter(rng.choices(words, weights, k=count * 25))
    return [" ".join(next(drawn) for _ in range(rng.randint(4, 25))) for _ in range(count)]


def choose_keywords(
    texts: Sequence[str], count: int, *, share: float, rng: random.Random
) -> list[str]:
    """Phrases of two words, of which about ``share`` of the texts hold one.

    The rest of the ``count`` are two words that the texts hold, but never side by side.
    """
    holders: dict[str, list[int]] = {}
    for number, text in enumerate(texts):
        words = text.lower().split()
        for first, second in itertools.pairwise(words):
            if min(len(first), len(second)) > 3 and (first + second).isalpha():
                holders.setdefault(f"{first} {second}", []).append(number)
    pairs = [pair for pair in sorted(holders) if find_sensitive_topic(pair) is None]
    rng.shuffle(pairs)
    chosen: list[str] = []
    held: set[int] = set()
    for pair in pairs:
        if len(held) >= share * len(texts) or len(chosen) >= count:
            break
        chosen.append(pair)
        held.update(holders[pair])
    singles = sorted({word for pair in pairs for word in pair.split()})
    while len(chosen) < count:
        pair = f"{rng.choice(singles)} {rng.choice(singles)}"
        if pair not in holders and pair not in chosen and find_sensitive_topic(pair) is None:
            chosen.append(pair)
    return chosen


def make_frames(texts: Sequence[str], count: int, *, end_us: int, rng: random.Random) -> bytes:
    """``count`` events as frames of a WebSocket.

    The last event lies an hour after ``end_us``: whoever reads until now stops there.
    """
    events = _events(texts, count, end_us, rng)
    return b"".join(frame(msgspec.json.encode(event)) for event in events)


def _events(
    texts: Sequence[str], count: int, end_us: int, rng: random.Random
) -> Iterator[dict[str, Any]]:
    posts: list[str] = []
    text = 0
    for number in range(count):
        kind = rng.choices(_KINDS, _SHARES)[0] if posts else "post"
        did = f"did:plc:{rng.randrange(200_000):024d}"
        time_us = end_us - (count - number) * _STEP_US
        if number == count - 1:
            kind, time_us = "account", end_us + 3_600_000_000
        head = {"did": did, "time_us": time_us}
        rkey = f"3m{number:011d}"
        if kind == "account":
            yield head | {"kind": "account", "account": {"active": True, "did": did}}
            continue
        commit: dict[str, Any] = {"operation": "create", "rkey": rkey, "rev": rkey}
        if kind == "post":
            commit |= {"collection": "app.bsky.feed.post", "cid": "bafy" + "c" * 55}
            commit["record"] = _post(texts[text % len(texts)], posts, rng)
            text += 1
            posts.append(f"at://{did}/app.bsky.feed.post/{rkey}")
        elif kind == "delete":
            commit |= {"operation": "delete", "collection": "app.bsky.feed.like"}
        else:
            collection = f"app.bsky.feed.{kind}"
            commit |= {"collection": collection, "cid": "bafy" + "c" * 55}
            subject = {"cid": "bafy" + "s" * 55, "uri": posts[-rng.randint(1, 5_000) % len(posts)]}
            commit["record"] = {
                "$type": collection, "createdAt": "2026-11-25T10:00:00.000Z", "subject": subject,
            }  # fmt: skip
        yield head | {"kind": "commit", "commit": commit}


def _post(text: str, posts: Sequence[str], rng: random.Random) -> dict[str, Any]:
    record: dict[str, Any] = {
        "$type": "app.bsky.feed.post", "createdAt": "2026-11-25T10:00:00.000Z", "langs": ["en"],
        "text": text[:_LONGEST],
    }  # fmt: skip
    if posts and rng.random() < 0.4:
        parent = {"uri": posts[-rng.randint(1, 5_000) % len(posts)], "cid": "bafy" + "p" * 55}
        record["reply"] = {"parent": parent, "root": parent}
    return record
