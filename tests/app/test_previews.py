"""Prospects a change gains, held against what is true of archives that were made up."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.previews import Facts, Judged, Preview, put_together
from signals.studio import Heard, Replay, StoredPost

AT = datetime(2026, 3, 1, tzinfo=UTC)


def judge(number: int, author: str, chance: float | None, step: float) -> Judged:
    post = StoredPost(
        number, None, "bluesky", f"p{number}", "post", author, None, "words", "en", None, None, AT
    )
    return Judged(Heard(post, frozenset(), (), step), chance, None)


def compare(before: list[Judged], gained: list[Judged], lost: list[Judged], step: float) -> Preview:
    change = Replay(
        tuple(one.heard for one in gained), tuple(one.heard for one in lost), {},
        frozenset({step}), frozenset({step}),
    )  # fmt: skip
    return put_together(
        change, before, gained, lost, facts=Facts(2, 5.0, 0.0, 100), days=7,
        reaches=lambda one: one.prospect is not None and one.prospect >= 0.5,
    )  # fmt: skip


posts = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.booleans()), max_size=30)


@given(before=posts, gained=posts)
def test_where_every_post_was_read_every_person_is_counted_once(
    before: list[tuple[str, bool]], gained: list[tuple[str, bool]]
) -> None:
    old = [judge(n, author, float(good), 1) for n, (author, good) in enumerate(before)]
    new = [judge(100 + n, author, float(good), 1) for n, (author, good) in enumerate(gained)]
    found = compare(old, new, [], 1)
    was = {author for author, good in before if good}
    then = was | {author for author, good in gained if good}
    assert found.saved.prospects.value == len(was)
    assert found.gained_prospects.value == len(then) - len(was)
    assert found.draft.prospects.value == len(then)
    assert found.gained_prospects.exact
    assert found.draft.per_rep_day == pytest.approx(len(then) / 7 / 2)  # two reps, seven days
    back = compare([*old, *new], [], new, 1)
    assert back.lost_prospects.value == len(then) - len(was)


@pytest.mark.parametrize("kinds", [1, 3, 9], ids=["one post each", "up to three", "up to nine"])
@pytest.mark.parametrize("step", [1, 4, 50])
def test_prospects_of_a_sample_are_near_the_truth(kinds: int, step: int) -> None:
    rng = random.Random(8)
    held, off = 0, 0.0
    turns = 40
    for _ in range(turns):
        people = {f"u{n}": rng.random() < 0.3 for n in range(900)}
        every = [a for a in people for _ in range(rng.randint(1, rng.randint(1, kinds)))]
        kept = [author for author in every if step == 1 or rng.random() < 1 / step]
        read = {*rng.sample(range(len(kept)), min(16 if step > 1 else len(kept), len(kept)))}
        new = [
            judge(n, author, float(people[author]) if n in read else None, step)
            for n, author in enumerate(kept)
        ]
        found = compare([], new, [], step).gained_prospects
        truth = sum(people.values())
        held += found.low <= truth <= found.high
        off += found.value / truth / turns
    assert held >= 0.8 * turns  # of intervals of 90 %
    assert 0.7 <= off <= 2.0  # where posts alone would say up to 3
