"""``privacy``: what people concerned may ask for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.cli import notices
from app.cli.console import check_choice, counted, named, print_json, print_table, say, who
from app.cli.language import said, spoken
from app.cli.workspace import AsJson, By
from app.documents import write_json

rights = typer.Typer(
    help="What is held about somebody, and their rights.",
    no_args_is_help=True, rich_markup_mode=None,
)  # fmt: skip

Handle = Annotated[str, typer.Argument(help="A handle or an account's id.")]
Network = Annotated[str | None, typer.Option(help="Where; needed where several people go by it.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    notices.register(rights)
    app.add_typer(rights, name="privacy")


@rights.command("find", short_help="What is held about somebody.")
def find(handle: Handle, network: Network = None, as_json: AsJson = False) -> None:
    """Say what is held about somebody, and what was done about them before."""
    from app.bootstrap import open_workspace
    from prospects.erase import done_before
    from prospects.records import collect, find_people

    workspace = open_workspace()
    with workspace.db.write() as session:  # the workspace's salt may have to be made
        people = [collect(session, person) for person in find_people(session, handle, network)]
        history = [
            {"action": one.action, "by": one.actor, "at": one.done_at.isoformat()}
            for one in done_before(session, handle)
        ]
    documents: list[dict[str, Any]] = [
        {
            "person": one.person_id,
            "accounts": list(one.names),
            "suppressed_for": one.suppressed_for,
            "records": one.counts,
        }
        for one in people
    ]
    if as_json:
        print_json({"people": documents, "done": history})
        return
    if not documents:
        say(
            "Nothing is stored about %(handle)s.",
            handle=handle,
        )
    for one in documents:
        why = one["suppressed_for"]
        state = said(", suppressed (%(why)s)", why=named(why)) if why else ""
        say(
            "Person %(person)s: %(accounts)s%(state)s",
            person=one["person"],
            accounts=", ".join(one["accounts"]),
            state=state,
        )
        print_table(["Table", "Rows"], list(one["records"].items()), numbers=[1])
    for done in history:
        say(
            "%(at)s  %(action)s by %(by)s",
            at=done["at"][:16],
            action=named(done["action"]),
            by=done["by"],
        )


@rights.command("export", short_help="Write everything about somebody.")
def export(
    handle: Handle,
    network: Network = None,
    out: Annotated[Path | None, typer.Option(help="A file ending in .json or .html.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Write everything held about somebody: JSON, or a page they can read."""
    from app.bootstrap import open_workspace, read_clock
    from config.errors import Refused
    from prospects.disclose import as_document, as_html
    from prospects.erase import record, subject_hash
    from prospects.records import collect, find_one

    if out is not None:
        check_choice("--out", out.suffix.lower(), (".json", ".html"))
    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        found = collect(session, find_one(session, handle, network))
        subject = subject_hash(session, handle)
        record(
            session, "export", actor=who(by), subject=subject, counts=found.counts, now=now
        )  # fmt: skip
    document = as_document(found, controller=workspace.settings.privacy.controller, now=now)
    if out is None:
        print_json(document)
        return
    try:
        if out.suffix.lower() == ".html":
            texts = spoken()
            page = (
                as_html(document)
                if texts is None
                else as_html(document, language="ar", direction="rtl", say=texts.gettext)
            )
            out.write_text(page, encoding="utf-8")
        else:
            text = write_json(document)
            out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused(
            "%(out)s cannot be written: %(strerror)s.",
            "Choose another.",
            out=out,
            strerror=error.strerror,
        ) from error
    rows = sum(found.counts.values())
    if as_json:
        print_json({"file": str(out), "records": found.counts})
    else:
        say(
            "%(rows)s about %(handle)s written to %(out)s.",
            rows=counted(rows, "row"),
            handle=handle,
            out=out,
        )


@rights.command("erase", short_help="Forget somebody for good.")
def erase(
    handle: Handle,
    network: Network = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Without asking: it cannot be undone.")
    ] = False,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Forget somebody for good and keep them out; only salted hashes stay."""
    from config.errors import Refused
    from prospects.erase import erase_person

    if not yes and not sys.stdin.isatty():
        raise Refused("An erasure cannot be undone.", "Say --yes if it is meant.", 2)
    if not yes and not typer.confirm(
        said("Erase everything about %(handle)s for good?", handle=handle)
    ):
        raise typer.Abort
    _act(erase_person, "erased", handle, network, by, as_json=as_json)


@rights.command("object", short_help="Stop profiling somebody.")
def object_(
    handle: Handle, network: Network = None, by: By = None, as_json: AsJson = False
) -> None:
    """Stop profiling somebody: what was derived goes, nothing new is stored."""
    from prospects.erase import object_to_profiling

    _act(object_to_profiling, "objection", handle, network, by, as_json=as_json)


def _act(
    act: Any, reason: str, handle: str, network: str | None, by: str | None, *, as_json: bool
) -> None:
    from app.bootstrap import open_workspace, read_clock
    from prospects.erase import keep_out
    from prospects.records import find_one, find_people
    from signals.contact_points import ANY_NETWORK

    workspace, now = open_workspace(), read_clock()
    people = 0
    with workspace.db.write() as session:
        if find_people(session, handle, network):
            done = act(session, find_one(session, handle, network), actor=who(by), now=now)
            counts = dict(done.counts)
        else:
            where = network or ANY_NETWORK
            people = keep_out(session, handle, where, reason=reason, actor=who(by), now=now)
            counts = {}
    if as_json:
        print_json({"action": reason, "records": counts, "left_alone": people})
    elif counts:
        say(
            "Done for %(handle)s: %(sum)s concerned.",
            handle=handle,
            sum=counted(sum(counts.values()), "row"),
        )
    else:
        say(
            "Nothing was stored about %(handle)s; the handle is kept out from now on.",
            handle=handle,
        )
        if people:
            say("People known by it, left alone from now on: %(people)s.", people=people)
