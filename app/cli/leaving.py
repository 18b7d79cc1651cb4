"""``list export``, and the list as a document: what may leave, and what must go along."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from app.cli.console import check_choice, counted, remark, who
from app.cli.lists import Day, one, read_day, reason_text
from app.documents import spell, write_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.bootstrap import Workspace
    from quotas.lists import DayList

#: What a row of a list for outreach says, in this order.
COLUMNS: Final = (
    "rank", "assignment", "person", "network", "account", "topic", "warmth", "quote", "url",
    "reasons", "state", "withheld", "outreach", "lawful_basis", "notice", "notice_due_at",
    "suppression_checked_at", "phone_consent", "dnc_checked_at",
)  # fmt: skip


def register(app: typer.Typer) -> None:  # noqa: ARG001 - the group is registered with the lists
    """Add the command to the group of one rep's list."""
    one.command("export", short_help="Write a rep's list for outreach.")(export)


def export(
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    date: Day = None,
    format: Annotated[str, typer.Option(help="csv or json.")] = "csv",  # noqa: A002 - the option's name
    out: Annotated[Path | None, typer.Option(help="A file; standard output if left out.")] = None,
) -> None:
    """Write a rep's list for outreach elsewhere, with its grounds and notices.

    Refused where people must be told (privacy.place) and no way of telling them is set.
    """
    from app.bootstrap import open_workspace, read_clock
    from config.errors import Refused
    from prospects.exports import check_grounds, check_notice_channel
    from quotas.lists import load_list
    from quotas.sheet import write_sheet
    from quotas.staff import find_rep
    from quotas.working_time import calendar_of

    check_choice("--format", format, ("csv", "json"))
    workspace = open_workspace()
    check_notice_channel(workspace.settings.privacy)
    now = read_clock()
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        on = read_day(date) or calendar_of(found.team).today(now)
        day_list = load_list(session, found, on, now=now)
    document = export_list(workspace, day_list, now=now)
    check_grounds(document["items"])
    if format == "json":
        text = write_json(document) + "\n"
    else:
        text = write_sheet(COLUMNS, [_row(item) for item in document["items"]])
    if out is None:
        typer.echo(text, nl=False)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(
            "%(out)s cannot be written (%(strerror)s).",
            "Choose another place with --out.",
            out=out,
            strerror=error.strerror,
        ) from error
    remark(
        "%(items)s written to %(out)s.",
        items=counted(len(document["items"]), "prospect"),
        out=out,
    )


def _row(item: Mapping[str, Any]) -> list[str | int | None]:
    cells: list[str | int | None] = []
    for column in COLUMNS:
        value = item[column]
        if column == "reasons":
            value = "; ".join(f"{one['points']:.2f} {one['text']}" for one in value)
        elif isinstance(value, date):
            value = spell(value)
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        elif isinstance(value, float):
            value = f"{value:.2f}"
        cells.append(value)
    return cells


def export_list(
    workspace: Workspace, day_list: DayList, *, now: datetime, taken_by: str | None = None
) -> dict[str, Any]:
    """The list as a document that may leave for outreach: what its networks' terms keep is out.

    Who was suppressed was left out right before, when the list was read. ``taken_by`` names who
    takes it; without a name it is whoever runs this.
    """
    from prospects.exports import LIMIT, TERMS, is_counted, papers, withhold
    from signals.policy import terms_of

    quoted = [
        (item.network, item.quoted_id)
        for item in day_list.items
        if item.quoted_id is not None and item.passage.text
    ]
    counted_here = is_counted({network for network, _ in quoted})
    db = workspace.db
    with db.write() if counted_here else db.read() as session:
        kept = withhold(session, quoted, taken_by=who(taken_by), now=now)
        people = [(item.person_id, item.network) for item in day_list.items]
        carried = papers(session, people, settings=workspace.settings.privacy, now=now)
    document = list_document(day_list)
    for item, row in zip(day_list.items, document["items"], strict=True):
        terms = terms_of(item.network)
        why = TERMS if not terms.export else kept.get((item.network, item.quoted_id or 0))
        row["withheld"] = why
        if why is not None:
            row["quote"] = ""
        if why == TERMS:
            row["account"] = row["url"] = None
        row.update(asdict(carried[item.person_id, item.network]))
    for network in sorted({network for (network, _), why in kept.items() if why == LIMIT}):
        count = sum(one[0] == network for one, why in kept.items() if why == LIMIT)
        terms = terms_of(network)
        remark(
            "warmlist: %(count)s from %(name)s left out: its terms let one person "
            "take out %(export_a_day)s a day. Links and ids are there.",
            count=counted(count, "quote"),
            name=terms.name,
            export_a_day=terms.export_a_day,
        )
    return document


def list_document(day_list: DayList) -> dict[str, Any]:
    """The list as DESIGN section 7 shapes it; the points add up to the warmth."""
    return {
        "rep": day_list.rep.name,
        "date": day_list.on.isoformat(),
        "hash": day_list.built.content_hash if day_list.built else None,
        **(
            {"weights": day_list.weights, "topic_versions": day_list.topic_versions}
            if day_list.built
            else {}
        ),
        "items": [
            {
                "assignment": item.assignment_id,
                "rank": item.rank,
                "person": item.person_id,
                "account": item.handle,
                "network": item.network,
                "topic": item.topic,
                "topic_version": item.topic_version,
                "quote": item.passage.text,
                "url": item.url,
                "warmth": item.warmth,
                "reasons": [
                    {
                        "points": reason.hundredths / 100,
                        "text": reason_text(reason.code),
                        "signal": reason.signal_id,
                    }
                    | ({"signals": list(reason.signal_ids)} if reason.signal_ids else {})
                    for reason in item.reasons
                ],
                "state": item.touch.disposition if item.touch else item.state,
                "source": item.source,
                "touch": item.touch.id if item.touch else None,
            }
            for item in day_list.items
        ],
    }
