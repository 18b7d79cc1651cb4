"""Ways to cheat a quota of engaged contacts.

Most were written down from what a quota pays for, before anything was read of how it is watched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from quotas.contacts import record_contact
from quotas.handover import reassign
from quotas.references import read_reference
from quotas.staff import find_rep
from tests.app.honest_ways import WEEK, steady
from tests.app.office import Desk, Work, pairs


def logs_other_channel(desk: Desk) -> None:
    """Works honestly, and logs every contact again two minutes later as another kind."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items) // 2)):
            first = desk.touch(item, at, channel="call", note=desk.words())
            desk.again(first, at + timedelta(minutes=2), "message")


def logs_next_day(desk: Desk) -> None:
    """Logs everybody of yesterday, and of last week, once more."""
    done = desk.memory.setdefault("done", [])
    if desk.is_workday:
        for place, (number, touch) in enumerate(list(done)):
            if desk.number - number in (1, 7):
                desk.again(touch, desk.at(10, 2 + 5 * place), "message")
        for item, at in pairs(desk, desk.spread(len(desk.items) // 2)):
            done.append((desk.number, desk.talk(item, at)))


def logs_at_once(desk: Desk) -> None:
    """Logs a call, and a quarter of an hour later the same call."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items) // 2)):
            first = desk.touch(item, at, channel="call", disposition="contacted", note=desk.words())
            if desk.rng.random() < 0.4:
                desk.again(first, at + timedelta(minutes=15), "call")


def splits_people(desk: Desk) -> None:
    """Counts the second accounts of people already contacted, as the handles show."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            touch = desk.talk(item, at)
            name = desk.handle(item).lower().translate({ord("_"): None, ord("."): None})
            known = desk.memory.setdefault("humans", set())
            if name in known:
                desk.office.invented.add(touch.id)
            known.add(name)


def own_puppets(desk: Desk) -> None:
    """Lets friends write posts under other names and 'contacts' them: a third of the list."""
    if desk.is_workday:
        for place, (item, at) in enumerate(pairs(desk, desk.spread(len(desk.items)))):
            touch = desk.talk(item, at)
            if place % 3 == 0:
                desk.office.invented.add(touch.id)


def friday_bulk(desk: Desk) -> None:
    """Nothing all week, everything on Friday in three minutes."""
    if desk.on.weekday() == 4:
        for item, at in pairs(desk, desk.run(desk.at(16, 48), len(desk.items), 2, 7)):
            desk.touch(item, at, invented=True)


def friday_unhurried(desk: Desk) -> None:
    """The same, ten to twelve seconds apart: never eight in a minute."""
    if desk.on.weekday() == 4:
        for item, at in pairs(desk, desk.run(desk.at(16, 40), len(desk.items), 9.5, 12)):
            desk.touch(item, at, invented=True)


def friday_slowly(desk: Desk) -> None:
    """The same over the whole afternoon, a minute and a bit apart."""
    if desk.on.weekday() == 4:
        for item, at in pairs(desk, desk.run(desk.at(15, 30), len(desk.items), 60, 95)):
            desk.touch(item, at, invented=True)


def trickles(desk: Desk) -> None:
    """Invents all of it, one now and then, with a plausible word."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.touch(item, at, note=desk.rng.choice(("", "intro sent")), invented=True)


def small_batches(desk: Desk) -> None:
    """Four at a time within half a minute, every hour."""
    if desk.is_workday:
        for place, item in enumerate(desk.items):
            at = desk.at(9 + place // 4, 10, 7 * (place % 4))
            desk.touch(item, at, invented=True)


def by_script(desk: Desk) -> None:
    """A script marks one every five minutes, to the second."""
    if desk.is_workday:
        for place, item in enumerate(desk.items):
            desk.touch(item, desk.at(9, 5 + 5 * place), note="ok", invented=True)


def pastes(desk: Desk) -> None:
    """The same words about three talks a day that never were."""
    _paste(desk, lambda _: "Spoke at length about their pension, they will think it over and call.")


def pastes_with_names(desk: Desk) -> None:
    """The same words with another name, number or mark in them."""

    def text(desk: Desk) -> str:
        name, day = (
            desk.handle(desk.items[desk.memory["place"]]).split("_")[0],
            desk.rng.randint(2, 28),
        )
        dots = desk.rng.choice((".", "!", "...", " :)"))
        said = f"Talked to {name} about pension, {day} more years, wants figures{dots}"
        return desk.rng.choice((str.upper, str.lower, str))(said)

    _paste(desk, text)


def pastes_unseen(desk: Desk) -> None:
    """The same words with signs nobody sees in them, and accents put on."""

    def text(desk: Desk) -> str:
        words = "Spoke at length about their pension, they will think it over and call.".split()
        place = desk.rng.randrange(len(words))
        words[place] = "\u200b".join(words[place])
        other = desk.rng.randrange(len(words))
        words[other] = words[other].replace("e", "é").replace("o", "ö")
        return desk.rng.choice((" ", "  ", "\u00a0")).join(words)

    _paste(desk, text)


def pastes_reworded(desk: Desk) -> None:
    """Swaps a third of the words for others that mean the same."""

    def text(desk: Desk) -> str:
        said = [desk.rng.choice(some) for some in _SAME]
        return " ".join(said)

    _paste(desk, text)


def pastes_messages(desk: Desk) -> None:
    """The same words about messages that were never sent."""
    if desk.is_workday:
        for place, (item, at) in enumerate(pairs(desk, desk.spread(len(desk.items)))):
            if place % 3:
                desk.talk(item, at)
            else:
                desk.touch(
                    item,
                    at,
                    note="Sent them the introduction and a link to our guide.",
                    invented=True,
                )


def some_nights(desk: Desk) -> None:
    """Works by day; twice a week marks the whole list at two in the morning instead."""
    if desk.is_workday:
        count = 0 if desk.on.weekday() in (1, 3) else len(desk.items)
        for item, at in pairs(desk, desk.spread(count)):
            desk.talk(item, at)
        if desk.on.weekday() in (1, 3):
            rest = desk.items[count:]
            for item, at in zip(rest, desk.run(desk.at(26, 5), len(rest), 15, 50), strict=True):
                desk.touch(item, at, invented=True)


def one_night(desk: Desk) -> None:
    """Works by day; on Thursdays the list is marked at two in the morning."""
    if desk.is_workday and desk.on.weekday() != 3:
        steady(desk)
    elif desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(26, 5), len(desk.items), 15, 50)):
            desk.touch(item, at, invented=True)


def every_night(desk: Desk) -> None:
    """Marks everything at two in the morning, every night."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(26, 5), len(desk.items), 30, 90)):
            desk.touch(item, at, invented=True)


def saturdays(desk: Desk) -> None:
    """Half a list a day, the rest of the week on Saturday within a quarter of an hour."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items) // 2)):
            desk.talk(item, at)
    elif desk.on.weekday() == 5:
        for item, at in pairs(desk, desk.run(desk.at(11), len(desk.items), 20, 60)):
            desk.touch(item, at, invented=True)


def on_leave(desk: Desk) -> None:
    """Marks whoever is left on the list during a leave, all at once."""
    if desk.number in (8, 9) and desk.items:
        for item, at in pairs(desk, desk.run(desk.at(11), 15, 20, 40)):
            desk.touch(item, at, invented=True)
    elif desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items) // 2)):
            desk.talk(item, at)


def no_outcome(desk: Desk) -> None:
    """Everybody is 'contacted', nobody ever says a thing, at an honest pace."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.touch(item, at, channel="email", invented=True)


def dismisses(desk: Desk) -> None:
    """Marks everybody as not relevant without writing to anybody."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(9, 30), len(desk.items), 25, 60)):
            desk.touch(item, at, disposition="not_relevant", invented=True)


def one_in_ten(desk: Desk) -> None:
    """Invents one in ten, with care."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            touch = desk.talk(item, at)
            if desk.rng.random() < 0.11:
                desk.office.invented.add(touch.id)


def always_answered(desk: Desk) -> None:
    """Says that everybody replied, so that they come back and count again."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.touch(item, at, disposition="replied", invented=True)


def next_week_again(desk: Desk) -> None:
    """Sets everybody a next step in the next week, so that they count again."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.touch(item, at, next_on=desk.on + WEEK, invented=True)


def beside_the_list(desk: Desk) -> None:
    """Logs contacts with people who are on no list, of whom nothing is kept."""
    if desk.is_workday:
        for place, at in enumerate(desk.spread(10)):
            touch = record_contact(
                desk.session, desk.rep, channel="message", disposition="contacted",
                idempotency_key=f"beside:{desk.rep.id}:{desk.number}:{place}", now=at,
                reference=read_reference(desk.session, f"somebody {place}"),
            )  # fmt: skip
            desk.office.invented.add(touch.id)


def marks_and_unmarks(desk: Desk) -> None:
    """Marks the same few again and again, taking each back in between."""
    if desk.is_workday:
        for item in desk.items[:2]:
            for again in range(4):
                at = desk.at(9 + again, 10)
                touch = desk.touch(item, at, invented=True)
                if again < 3:
                    desk.undo(touch, at + timedelta(minutes=20))


def swaps(other: str) -> Work:
    """Contacts somebody, takes it back and has the person given to a friend, who marks them too."""

    def work(desk: Desk) -> None:
        if desk.is_workday:
            for item, at in pairs(desk, desk.spread(len(desk.items))):
                touch = desk.touch(item, at)
                if desk.rng.random() < 0.5:
                    desk.undo(touch, at + timedelta(minutes=1))
                    friend = find_rep(desk.session, other)
                    reassign(
                        desk.session,
                        item.assignment_id,
                        friend,
                        reason="knows them",
                        by="M",
                        now=at + timedelta(minutes=2),
                    )

    return work


def swaps_back(desk: Desk) -> None:
    """The friend: contacts the own list and whoever is passed on."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.touch(item, at, note=desk.words())


def _paste(desk: Desk, text: Callable[[Desk], str]) -> None:
    if desk.is_workday:
        for place, (item, at) in enumerate(pairs(desk, desk.spread(len(desk.items)))):
            desk.memory["place"] = place
            if place % 3:
                desk.talk(item, at)
            else:
                desk.touch(item, at, channel="call", note=text(desk), invented=True)


_SAME = (
    ("Spoke", "Talked", "Chatted"), ("for a while", "at length", "quite long"), ("about",),
    ("their", "the"), ("pension", "retirement", "old age"), ("and", "plus"),
    ("fees", "costs", "charges"), (";",), ("they", "who"), ("will", "shall", "want to"),
    ("think it over", "consider it", "sleep on it"), ("and",), ("call", "ring", "phone"), ("back",),
)  # fmt: skip

CHEATS: dict[str, Work] = {
    one.__name__: one
    for one in (
        logs_other_channel, logs_next_day, logs_at_once, splits_people, own_puppets, friday_bulk,
        friday_unhurried, friday_slowly, trickles, small_batches, by_script, pastes,
        pastes_with_names, pastes_unseen, pastes_reworded, pastes_messages, one_night, some_nights,
        every_night, saturdays, on_leave, no_outcome, dismisses, one_in_ten, always_answered,
        next_week_again, beside_the_list, marks_and_unmarks,
    )
} | {"swaps": swaps("swaps_back"), "swaps_back": swaps_back}  # fmt: skip
