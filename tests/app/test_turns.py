from __future__ import annotations

import pytest

from app.turns import Superseded, Turns


def test_the_newest_question_of_each_asker_is_answered() -> None:
    turns = Turns()
    first = turns.begin("ann")
    other = turns.begin("bob")
    first()
    second = turns.begin("ann")
    with pytest.raises(Superseded):
        first()
    second()
    other()


def test_who_is_forgotten_is_not_given_up() -> None:
    turns = Turns()
    first = turns.begin("ann")
    for number in range(300):
        turns.begin(number)
    first()
