"""``scorer learn``, ``promote``, ``rollback``, ``history`` and ``label``: what reps teach."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, named, print_json, print_table, say, who
from app.cli.language import said, told
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from models import TopicScorer

TopicName = Annotated[str, typer.Argument(help="The topic's name or number.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the ``scorer`` group."""
    group.command("learn", short_help="Learn from what reps and managers judged.")(learn)
    group.command("promote", short_help="Put a number of a topic's history in force.")(promote)
    group.command("rollback", short_help="Bring back what a topic had before.")(rollback)
    group.command("history", short_help="What was learned, tried and in force.")(history)
    group.command("label", short_help="Correct the score of one signal.")(label)


def learn(
    topic: Annotated[str | None, typer.Option(help="One topic; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Fit each topic's judgements, and put in force what is better on those held back."""
    from app.bootstrap import open_workspace, read_clock
    from app.learning import train_topics
    from app.topic_scorers import load_prior

    workspace = open_workspace()
    reports = train_topics(workspace, load_prior(workspace), read_clock, topic=topic)
    if as_json:
        print_json([report.as_json() for report in reports])
    elif not reports:
        say("No topic yet. Add one: warmlist topic add NAME --keyword PHRASE")
    else:
        print_table(
            ["Topic", "Judged", "Number", "Kind", "In force", "Scored anew", "Why"],
            [
                [r.topic, r.labels, r.number, named(r.kind) if r.number else "",
                 said("yes") if r.promoted else "", r.rescored or "", told(r.why)]
                for r in reports
            ],
            numbers=(1, 2, 5),
        )  # fmt: skip


def promote(
    topic: TopicName,
    number: Annotated[int, typer.Argument(help="The number in `scorer history`.")],
    as_json: AsJson = False,
) -> None:
    """Put a number of a topic's history in force; its recent signals are scored by it at once."""
    from app.bootstrap import open_workspace, read_clock
    from app.topic_scorers import load_prior
    from app.topic_scorers import promote as put_in_force

    workspace = open_workspace()
    row = put_in_force(workspace, topic, number, load_prior(workspace), read_clock)
    _say_in_force(topic, row, as_json=as_json)


def rollback(topic: TopicName, as_json: AsJson = False) -> None:
    """Bring back what a topic had in force before, at last the shipped scorer alone."""
    from app.bootstrap import open_workspace, read_clock
    from app.topic_scorers import load_prior
    from app.topic_scorers import rollback as bring_back

    workspace = open_workspace()
    row = bring_back(workspace, topic, load_prior(workspace), read_clock)
    _say_in_force(topic, row, as_json=as_json)


def history(
    topic: Annotated[str | None, typer.Argument(help="One topic; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what was learned, how it did on judgements held back, and what is in force."""
    from app.bootstrap import open_workspace
    from app.topic_scorers import history as read_history

    rows = read_history(open_workspace(), topic)
    if as_json:
        print_json([_document(name, row) for name, row in rows])
    elif not rows:
        say("Nothing was learned yet. Run: warmlist scorer learn")
    else:
        print_table(
            ["Topic", "Number", "Kind", "State", "Made", "Judged", "Log loss", "Before", "Note"],
            [
                [name, row.number, named(row.kind), named(_state(row)), row.created_at.date(),
                 row.labels.get("texts"), row.candidate.get("log_loss"),
                 row.incumbent.get("log_loss"), told(row.note)]
                for name, row in rows
            ],
            numbers=(1, 5, 6, 7),
        )  # fmt: skip


def label(
    signal: Annotated[int, typer.Argument(help="The signal's number, as in `list show --json`.")],
    topic: Annotated[str, typer.Option(help="The topic's name or number.")],
    value: Annotated[str | None, typer.Option(help="1: a prospect for the topic; 0: none.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last judgement back.")] = False,
    by: Annotated[
        str | None, typer.Option(help="Who says so; the system's user if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a signal's author is a prospect; seen at once in warmth and rank."""
    from app.bootstrap import open_workspace, read_clock
    from config.errors import NotFound, Refused
    from prospects.corrections import apply_label, revoke_label, standing_labels
    from prospects.tuning import load_weights
    from signals.catalog import find_topic

    if (value is None) != undo:
        raise Refused("Give either --value or --undo.", "For example: --value 0", exit_code=2)
    if value is not None:
        check_choice("--value", value, ("0", "1"))
    workspace = open_workspace()
    with workspace.db.write() as session:
        weights = load_weights(session, workspace.settings.warmth)
        found = find_topic(session, topic)
        if value is not None:
            apply_label(
                session, signal, found.id, int(value), "manager", read_clock(), weights=weights,
                author=who(by),
            )  # fmt: skip
        else:
            standing = standing_labels(session, found.id, [signal])
            if not standing:
                raise NotFound(
                    "Signal %(signal)s has no judgement for %(name)s.",
                    "Nothing to take back.",
                    signal=signal,
                    name=found.name,
                )
            revoke_label(
                session, standing[0].label_id, read_clock(), weights=weights, author=who(by)
            )
        left = standing_labels(session, found.id, [signal])
        document = {
            "signal": signal,
            "topic": found.name,
            "value": left[0].value if left else None,
            "label": left[0].label_id if left else None,
        }
    if as_json:
        print_json(document)
    elif left:
        what = said("a prospect") if left[0].value else said("no prospect")
        say(
            "Signal %(signal)s counts as %(said)s for %(name)s.",
            signal=signal,
            said=what,
            name=found.name,
        )
    else:
        say(
            "Signal %(signal)s counts as it was scored for %(name)s.",
            signal=signal,
            name=found.name,
        )


def _say_in_force(topic: str, row: TopicScorer, *, as_json: bool) -> None:
    if as_json:
        print_json(_document(topic, row))
    else:
        say(
            "Number %(number)s of %(topic)s is in force (%(kind)s). %(note)s",
            number=row.number, topic=topic, kind=named(row.kind), note=told(row.note),
        )  # fmt: skip


def _state(row: TopicScorer) -> str:
    if row.promoted_at is None:
        return "tried"
    return "in force" if row.retired_at is None else "retired"


def _document(topic: str, row: TopicScorer) -> dict[str, Any]:
    return {
        "topic": topic,
        "number": row.number,
        "kind": row.kind,
        "state": _state(row),
        "prior": row.prior_version,
        "labels": row.labels,
        "candidate": row.candidate,
        "incumbent": row.incumbent,
        "note": row.note,
        "repeats": row.repeats,
        "created_at": row.created_at.isoformat(),
        "promoted_at": row.promoted_at.isoformat() if row.promoted_at else None,
        "retired_at": row.retired_at.isoformat() if row.retired_at else None,
    }
