"""Honest but odd ways to work for a quota of engaged contacts.

Most were written down from what a quota pays for, before anything was read of how it is watched.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from quotas.contacts import record_follow_up
from tests.app.office import Desk, Work, pairs

WEEK = timedelta(weeks=1)


def steady(desk: Desk) -> None:
    """Works the list over the day."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.talk(item, at)


def call_day(desk: Desk) -> None:
    """Dials everybody on Tuesday and gets the voice-mail mostly; on other days little."""
    if desk.on.weekday() == 1:
        for item, at in pairs(desk, desk.run(desk.at(9, 30), 60, 45, 75)):
            answered = desk.rng.random() < 0.1
            outcome = "contacted" if answered else "no_answer"
            note = desk.words() if answered else "Left a voicemail, will try again on another day."
            desk.touch(item, at, channel="call", disposition=outcome, note=note)
    elif desk.is_workday:
        for item, at in pairs(desk, desk.spread(2)):
            desk.talk(item, at)


def part_time(desk: Desk) -> None:
    """Monday to Wednesday, mornings, briskly."""
    if desk.on.weekday() < 3:
        for item, at in pairs(desk, desk.run(desk.at(9, 5), 20, 240, 700)):
            desk.talk(item, at)


def late_shift(desk: Desk) -> None:
    """Works from two to ten, as agreed but in no calendar."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items), 14, 21.7)):
            desk.talk(item, at)


def _greet(desk: Desk, greeting: str, vocabulary: Sequence[str]) -> None:
    if not desk.is_workday:
        return
    for item, at in pairs(desk, desk.spread(len(desk.items))):
        own = " ".join(desk.rng.sample(vocabulary, 5))
        outcome = desk.rng.choices(("contacted", "replied", "not_interested"), (8, 1, 1))[0]
        desk.touch(item, at, channel="call", disposition=outcome, note=f"{greeting}: {own}")


def template_notes(desk: Desk) -> None:
    """Begins each note with the same line, goes on with what was said."""
    _greet(desk, "Introduced myself and asked about their plans", _OWN)


def form_notes(desk: Desk) -> None:
    """Fills in a short form about each talk."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            wish, worry, when = (
                desk.rng.choice(some) for some in (_OWN[:12], _OWN[12:24], _OWN[24:])
            )
            desk.touch(
                item,
                at,
                channel="call",
                disposition="contacted",
                note=f"Wish: {wish}. Worry: {worry}. Decides: {when}. Next: call.",
            )


def evening_always(desk: Desk) -> None:
    """Works by day, writes it down at home every evening."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(18, 35), len(desk.items), 60, 240)):
            desk.talk(item, at)


def evening_sometimes(desk: Desk) -> None:
    """Out at customers on Tuesday and Thursday; writes the day down in the evening, quickly."""
    if desk.on.weekday() in (1, 3):
        for item, at in pairs(desk, desk.run(desk.at(18, 50), len(desk.items), 25, 150)):
            desk.talk(item, at)
    elif desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.talk(item, at)


def on_saturday_morning(desk: Desk) -> None:
    """At a fair on Fridays; writes that day down on Saturday morning."""
    if desk.on.weekday() == 5:
        for item, at in pairs(desk, desk.run(desk.at(10, 20), len(desk.items), 40, 90)):
            desk.talk(item, at)
    elif desk.is_workday and desk.on.weekday() != 4:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.talk(item, at)


def back_from_leave(desk: Desk) -> None:
    """Away for a week and a half (in the calendar), then catches up in a day."""
    if desk.on.weekday() < 5 and not 1 <= desk.number <= 9:
        for item, at in pairs(desk, desk.run(desk.at(8, 50), 30, 200, 900)):
            desk.talk(item, at)


def closes_few(desk: Desk) -> None:
    """Hardly anybody answers, week after week."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            desk.touch(
                item,
                at,
                channel=desk.rng.choice(("call", "email")),
                disposition="no_answer" if desk.rng.random() < 0.97 else "contacted",
            )


def keyboard(desk: Desk) -> None:
    """Fifteen seconds a prospect by keys alone, with a word or none on each."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(9, 10), len(desk.items), 10, 20)):
            desk.talk(item, at)


def mail_block(desk: Desk) -> None:
    """Sends prepared mails each morning, the same words to all, and notes them as sent."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(9), len(desk.items), 30, 60)):
            desk.touch(
                item,
                at,
                channel="email",
                note="Sent: thank you for your post, may I show you how others did it?",
            )


def follows_up(desk: Desk) -> None:
    """Calls, then sends a mail about the call; again some days later."""
    earlier = desk.memory.setdefault("called", [])
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            first = desk.touch(item, at, channel="call", disposition="contacted", note=desk.words())
            record_follow_up(
                desk.session,
                first.id,
                channel="email",
                disposition="contacted",
                idempotency_key=f"mail:{first.id}",
                now=at + timedelta(minutes=3),
            )
            if desk.rng.random() < 0.3:
                earlier.append((desk.number + 4, first.id))
        for place, (number, touch) in enumerate(list(earlier)):
            if desk.number >= number:
                earlier.remove((number, touch))
                record_follow_up(
                    desk.session,
                    touch,
                    channel="call",
                    disposition="contacted",
                    idempotency_key=f"again:{touch}",
                    now=desk.at(15, 3 + 6 * place),
                )


def redials(desk: Desk) -> None:
    """Dials again the same day when nobody answers, three times at most."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items), 9, 15)):
            first = desk.touch(item, at, channel="call", disposition="no_answer")
            for again in range(desk.rng.choice((0, 1, 2))):
                record_follow_up(
                    desk.session, first.id, channel="call",
                    disposition="contacted" if again else "no_answer",
                    idempotency_key=f"redial:{first.id}:{again}",
                    now=at + timedelta(minutes=70 * again + 20),
                )  # fmt: skip


def corrects(desk: Desk) -> None:
    """Slips now and then, takes it back and marks it right."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            touch = desk.talk(item, at)
            if desk.rng.random() < 0.2:
                desk.undo(touch, at + timedelta(seconds=20))
                desk.touch(
                    item, at + timedelta(seconds=30), channel="call", disposition="contacted"
                )


def a_few_at_odd_times(desk: Desk) -> None:
    """Now and then somebody in the evening or on a Sunday."""
    if desk.is_workday:
        moments = desk.spread(max(0, len(desk.items) - 2))
        moments += [desk.at(20, 40), desk.at(21, 15)] if desk.rng.random() < 0.4 else []
        for item, at in pairs(desk, moments):
            desk.talk(item, at)
    elif desk.on.weekday() == 6:
        for item, at in pairs(desk, [desk.at(17), desk.at(17, 30), desk.at(18, 10)]):
            desk.talk(item, at)


def sees_again(desk: Desk) -> None:
    """Sets a next step a week later with two of five, and keeps it."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.spread(len(desk.items))):
            if desk.rng.random() < 0.4:
                desk.touch(item, at, channel="call", next_on=desk.on + WEEK, note=desk.words())
            else:
                desk.talk(item, at)


def regulars(desk: Desk) -> None:
    """Has a topic on which the same sixty people speak up again every few days."""
    steady(desk)


def arabic_notes(desk: Desk) -> None:
    """Greets alike in every note, in Arabic, and says what was said."""
    _greet(desk, "السلام عليكم، تحدثت معه عن خططه", _ARABIC)


def star(desk: Desk) -> None:
    """Does twice what is asked, and talks well."""
    if desk.is_workday:
        for item, at in pairs(desk, desk.run(desk.at(8, 40), len(desk.items), 180, 500)):
            desk.touch(
                item,
                at,
                channel="call",
                note=desk.words(),
                disposition=desk.rng.choice(("replied", "meeting", "contacted", "proposal")),
            )


_OWN = (
    "house garden pension savings children university inheritance shares bonds gold business boat"
    " tax illness inflation divorce fees unemployment war rent debt care scams boredom"
    " spring autumn tonight never Easter summer January tomorrow Monday later soon birthday"
).split()
_ARABIC = (
    "المعاش الادخار البيت الأولاد الجامعة الضرائب الأسهم الذهب التقاعد العمل المرض السفر الزواج"
    " الديون الإيجار العقار البنك التأمين الراتب الميراث الوالدين التضخم الصندوق الأقساط السيارة"
    " الطلاق الشركة المكافأة الفائدة المخاطر الوصية الزيارة رمضان الصيف الأحد غدًا"
).split()
HONEST: dict[str, Work] = {
    one.__name__: one
    for one in (
        steady, call_day, part_time, late_shift, template_notes, form_notes, evening_always,
        evening_sometimes, on_saturday_morning, back_from_leave, closes_few, keyboard, mail_block,
        follows_up, redials, corrects, a_few_at_odd_times, sees_again, regulars, arabic_notes, star,
    )
}  # fmt: skip
