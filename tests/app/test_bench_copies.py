"""What the benchmark of copies measures with: the texts it makes, edits and counts."""

from __future__ import annotations

import random
from difflib import SequenceMatcher

import pytest

from app.bench.copies import _count, _edit, _group_with_datasketch, _run, _write


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return _write(random.Random(13))


def test_posts_have_a_title_and_a_body_long_enough(texts: list[str]) -> None:
    assert len(set(texts)) == len(texts) == 12_000
    for text in texts[:500]:
        title, _, body = text.partition("\n\n")
        assert title
        assert 30 <= len(body.split()) <= 150


@pytest.mark.parametrize("share", [0.0, 0.05, 0.10, 0.20])
def test_a_copy_has_another_title_and_as_many_edits_as_it_is_said_to(
    texts: list[str], share: float
) -> None:
    rng = random.Random(5)
    words = [word for text in texts[:200] for word in text.split()]
    changed = total = 0
    for text in texts[:200]:
        before = text.partition("\n\n")[2].split()
        title, _, rest = _edit(text, share, words, rng).partition("\n\n")
        after = rest.split()
        assert title.split() != text.partition("\n\n")[0].split()
        assert len(title.split()) == 8
        same = sum(
            block.size
            for block in SequenceMatcher(None, before, after, False).get_matching_blocks()
        )
        changed += max(len(before), len(after)) - same
        total += len(before)
    # a replaced word may be the same one again, two neighbours that change places count once
    assert 0.8 * share <= changed / total <= 1.1 * share + 1e-9


def test_copies_are_counted_against_what_was_made() -> None:
    # three originals, a copy of the first and of the third; the second was taken for the first's
    found = _count({1: 1, 2: 1, 3: 3, 4: 1, 5: 5}, [0, 2], 3)
    assert found.hits == (True, False)
    assert (found.recall, found.precision) == (0.5, 0.5)


def test_ours_and_the_reference_group_the_same_plain_copies(texts: list[str]) -> None:
    rng = random.Random(7)
    some = texts[:60]
    copies = [_edit(text, 0.0, ["word"], rng) for text in some[:20]]
    ours, theirs = (
        _count(groups, range(20), len(some))
        for groups, _ in (_run([*some, *copies]), _group_with_datasketch([*some, *copies]))
    )
    assert (ours.recall, ours.precision) == (1.0, 1.0)
    assert theirs.recall == 1.0
