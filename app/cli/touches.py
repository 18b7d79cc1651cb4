"""``touch``, ``undo``, ``contact``, ``hand-back``, ``reassign``, ``next-steps``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, counted, named, print_json, print_table, say
from app.cli.language import spelled
from app.cli.lists import read_day
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from models import Touch

Channel = Annotated[str, typer.Option(help="call, email, message or meeting.")]
Disposition = Annotated[str, typer.Option(help="What came of it, such as contacted.")]
Note = Annotated[str | None, typer.Option("--note", help="A note for yourself.")]
NextStep = Annotated[str | None, typer.Option(help="What is to be done next.")]
NextOn = Annotated[str | None, typer.Option(help="YYYY-MM-DD: the day to see this person again.")]
Activity = Annotated[
    str | None, typer.Option(help="What else it counts for, such as a word of your own.")
]
Key = Annotated[
    str | None, typer.Option(help="Repeating a command with the same key records one touch.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("touch", short_help="Record a contact and its outcome.")(touch)
    app.command("contact", short_help="Record a contact beside the list.")(contact)
    app.command("undo")(undo)
    app.command("hand-back", short_help="Give a prospect back to the pool.")(hand_back)
    app.command("reassign", short_help="Give a prospect to another rep.")(reassign)
    app.command("next-steps", short_help="Show whom a rep wanted to see again.")(next_steps)


def touch(
    assignment: Annotated[int, typer.Argument(help="The assignment's number, from list show.")],
    channel: Channel,
    disposition: Disposition,
    activity: Activity = None,
    text: Note = None,
    next_step: NextStep = None,
    next_on: NextOn = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Record that a prospect was contacted, and what came of it."""
    import uuid

    from app.bootstrap import open_workspace, read_clock
    from prospects.tuning import load_weights
    from quotas.touches import record_touch

    _check_words(channel, disposition)
    day = read_day(next_on)
    workspace = open_workspace()
    with workspace.db.write() as session:
        recorded = record_touch(
            session, assignment, channel=channel, disposition=disposition, note=text,
            next_step=next_step, next_on=day, idempotency_key=key or f"cli:{uuid.uuid4()}",
            activity=activity, now=read_clock(),
            weights=load_weights(session, workspace.settings.warmth),
        )  # fmt: skip
        document = _document(recorded)
    _say(document, as_json=as_json)


def contact(
    channel: Channel,
    disposition: Disposition,
    rep: Annotated[str | None, typer.Option(help="The rep's name or number.")] = None,
    after: Annotated[int | None, typer.Option(help="The touch that this one follows up.")] = None,
    reference: Annotated[
        str | None, typer.Option(help="A number or name of theirs; kept as a keyed hash alone.")
    ] = None,
    activity: Activity = None,
    text: Note = None,
    next_step: NextStep = None,
    next_on: NextOn = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Record a cold call, an e-mail or a follow-up: a contact with somebody who is on no list."""
    import uuid

    from app.bootstrap import open_workspace, read_clock
    from config.errors import Refused
    from quotas.contacts import record_contact, record_follow_up
    from quotas.control import is_drawn
    from quotas.references import read_reference
    from quotas.staff import find_rep

    _check_words(channel, disposition)
    if (rep is None) == (after is None):
        raise Refused("Give either --rep or --after.", "For example: --rep Rita", exit_code=2)
    day = read_day(next_on)
    workspace = open_workspace()
    now = read_clock()
    more: dict[str, Any] = {
        "channel": channel, "disposition": disposition, "note": text, "next_step": next_step,
        "next_on": day, "activity": activity, "idempotency_key": key or f"cli:{uuid.uuid4()}",
        "now": now,
    }  # fmt: skip
    with workspace.db.write() as session:
        if rep is None:
            recorded = record_follow_up(session, after or 0, **more)
        else:
            found = find_rep(session, rep)
            hashed = read_reference(session, reference) if reference else None
            drawn = hashed is not None and is_drawn(session, found.team_id, hashed)
            recorded = record_contact(session, found, reference=hashed, control=drawn, **more)
        document = _document(recorded)
    _say(document, as_json=as_json)


def undo(
    touch_id: Annotated[int, typer.Argument(metavar="TOUCH", help="The touch's number.")],
    as_json: AsJson = False,
) -> None:
    """Take a touch back; the assignment is open again."""
    from datetime import timedelta

    from app.bootstrap import open_workspace, read_clock
    from prospects.tuning import load_weights
    from quotas.touches import undo_touch

    workspace = open_workspace()
    limit = timedelta(minutes=workspace.settings.lists.undo_minutes)
    with workspace.db.write() as session:
        undone = undo_touch(
            session,
            touch_id,
            now=read_clock(),
            limit=limit,
            weights=load_weights(session, workspace.settings.warmth),
        )
        assignment = undone.assignment_id
    if as_json:
        print_json({"undone": touch_id, "assignment": assignment})
    elif assignment is None:
        say(
            "Touch %(touch_id)s is taken back.",
            touch_id=touch_id,
        )
    else:
        say(
            "Touch %(touch_id)s is taken back; assignment %(assignment)s is open again.",
            touch_id=touch_id,
            assignment=assignment,
        )


def hand_back(
    assignment: Annotated[int, typer.Argument(help="The assignment's number, from list show.")],
    as_json: AsJson = False,
) -> None:
    """Give a prospect that nobody contacted back to the pool."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.handover import hand_back as give_back

    workspace = open_workspace()
    with workspace.db.write() as session:
        closed = give_back(session, assignment, now=read_clock())
        document = {"assignment": closed.id, "state": closed.closed_reason}
    if as_json:
        print_json(document)
    else:
        say(
            "Assignment %(assignment)s is back in the pool.",
            assignment=assignment,
        )


def reassign(
    assignment: Annotated[int, typer.Argument(help="The assignment's number, from list show.")],
    to: Annotated[str, typer.Option(help="The rep who gets it.")],
    reason: Annotated[str, typer.Option(help="Why; kept.")],
    by: Annotated[str, typer.Option(help="Who decided; kept.")],
    as_json: AsJson = False,
) -> None:
    """Give a prospect to another rep, with the reason on record."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.handover import reassign as hand_over
    from quotas.staff import find_rep

    workspace = open_workspace()
    with workspace.db.write() as session:
        rep = find_rep(session, to)
        given = hand_over(session, assignment, rep, reason=reason, by=by, now=read_clock())
        document = {"from": assignment, "assignment": given.id, "rep": rep.name}
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s has this prospect now: assignment %(assignment)s.",
            rep=document["rep"],
            assignment=document["assignment"],
        )


def next_steps(
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    until: Annotated[
        str | None, typer.Option(help="YYYY-MM-DD; the team's today if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show whom a rep wanted to see again by that day, and what for."""
    from app.bootstrap import open_workspace, read_clock
    from quotas.contacts import load_next_steps
    from quotas.staff import find_rep
    from quotas.working_time import calendar_of

    workspace = open_workspace()
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        on = read_day(until) or calendar_of(found.team).today(read_clock())
        rows = [
            {"touch": one.id, "person": one.person_id, "on": str(one.next_on),
             "step": one.next_step, "last": one.disposition}
            for one in load_next_steps(session, found, on)
        ]  # fmt: skip
        name = found.name
    if as_json:
        print_json(rows)
    elif not rows:
        say(
            "%(name)s has no next step due by %(on)s.",
            name=name,
            on=on,
        )
    else:
        say(
            "%(name)s: %(rows)s due by %(on)s",
            name=name,
            rows=counted(len(rows), "next step"),
            on=on,
        )
        print_table(
            ["Touch", "Due", "Last outcome", "Step"],
            [[r["touch"], r["on"], named(str(r["last"])), r["step"]] for r in rows],
            numbers=(0,),
        )


def _check_words(channel: str, disposition: str) -> None:
    from models import CHANNELS, DISPOSITIONS

    check_choice("--channel", channel, CHANNELS)
    check_choice("--disposition", disposition, DISPOSITIONS)


def _document(touch: Touch) -> dict[str, Any]:
    return {
        "touch": touch.id,
        "assignment": touch.assignment_id,
        "channel": touch.channel,
        "disposition": touch.disposition,
        "activity": touch.activity,
        "control": touch.control,
        "next_on": touch.next_on.isoformat() if touch.next_on else None,
        "at": touch.occurred_at.isoformat(),
    }


def _say(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    say(
        "Recorded: %(channel)s, %(disposition)s. To take it back: warmlist undo %(touch)s",
        channel=named(document["channel"]),
        disposition=spelled(document["disposition"]),
        touch=document["touch"],
    )
    if document["next_on"]:
        say(
            "Next step on %(next_on)s.",
            next_on=document["next_on"],
        )
