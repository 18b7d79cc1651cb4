"""``privacy`` and ``suppress``: what people concerned may ask for, and who is left alone."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, counted, note, print_json, print_line, print_table
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from app.bootstrap import Workspace

rights = typer.Typer(
    help="What is held about somebody, and their rights.",
    no_args_is_help=True, rich_markup_mode=None,
)  # fmt: skip
names = typer.Typer(
    help="Who is never stored, shown or contacted.", no_args_is_help=True, rich_markup_mode=None
)

Handle = Annotated[str, typer.Argument(help="A handle or an account's id.")]
Network = Annotated[str | None, typer.Option(help="Where; needed where several people go by it.")]
By = Annotated[str | None, typer.Option(help="Who asks for it; your user name if left out.")]
Kind = Annotated[str | None, typer.Option(help="handle, email, phone, domain or account.")]


def register(app: typer.Typer) -> None:
    """Add the groups."""
    app.add_typer(rights, name="privacy")
    app.add_typer(names, name="suppress")


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
        print_line(f"Nothing is stored about {handle}.")
    for one in documents:
        state = f", suppressed ({one['suppressed_for']})" if one["suppressed_for"] else ""
        print_line(f"Person {one['person']}: {', '.join(one['accounts'])}{state}")
        print_table(["Table", "Rows"], list(one["records"].items()), numbers=[1])
    for done in history:
        print_line(f"{done['at'][:16]}  {done['action']} by {done['by']}")


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
            out.write_text(as_html(document), encoding="utf-8")
        else:
            import json

            text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
            out.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.", "Choose another.") from error
    rows = sum(found.counts.values())
    if as_json:
        print_json({"file": str(out), "records": found.counts})
    else:
        print_line(f"{counted(rows, 'row')} about {handle} written to {out}.")


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
    if not yes and not typer.confirm(f"Erase everything about {handle} for good?"):
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
    with workspace.db.write() as session:
        if find_people(session, handle, network):
            done = act(session, find_one(session, handle, network), actor=who(by), now=now)
            counts = dict(done.counts)
        else:
            where = network or ANY_NETWORK
            keep_out(session, handle, where, reason=reason, actor=who(by), now=now)
            counts = {}
    if as_json:
        print_json({"action": reason, "records": counts})
    elif counts:
        print_line(f"Done for {handle}: {counted(sum(counts.values()), 'row')} concerned.")
    else:
        print_line(f"Nothing was stored about {handle}; the handle is kept out from now on.")


@rights.command("notices", short_help="Who has to be told, and by when.")
def notices(
    due: Annotated[bool, typer.Option("--due", help="Only those whose day has come.")] = False,
    given: Annotated[
        list[int] | None, typer.Option(help="Mark this person as told; repeatable.")
    ] = None,
    channel: Annotated[str, typer.Option(help="How they were told.")] = "message",
    text: Annotated[
        int | None, typer.Option(help="Print the notice for this person, to be read and sent.")
    ] = None,
    lang: Annotated[str, typer.Option(help="Of the text: en or ar.")] = "en",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Show who has to be told what is held about them and by when; mark who was."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.erase import record
    from prospects.notices import due_notices, mark_given

    workspace, now = open_workspace(), read_clock()
    if text is not None:
        _print_text(workspace, text, lang)
        return
    settings = workspace.settings.privacy
    if given:
        with workspace.db.write() as session:
            count = mark_given(session, given, channel=channel, given_by=who(by), now=now)
            record(
                session, "notice", actor=who(by), subject=None, counts={"notices": count}, now=now
            )  # fmt: skip
        if as_json:
            print_json({"given": count})
        else:
            print_line(f"{counted(count, 'notice')} marked as given.")
        return
    with workspace.db.read() as session:
        found = due_notices(session, settings=settings, now=now, only_overdue=due)
    if as_json:
        print_json(
            [
                {
                    "person": one.person_id, "account": one.name, "network": one.network,
                    "due_at": one.due_at.isoformat(), "because": one.because,
                    "overdue": one.is_overdue,
                }
                for one in found
            ]
        )  # fmt: skip
        return
    if not found:
        print_line("Nobody has to be told.")
        return
    print_table(
        ["Person", "Account", "Network", "Due", "Because", ""],
        [
            [one.person_id, one.name, one.network, f"{one.due_at:%Y-%m-%d}", one.because,
             "overdue" if one.is_overdue else ""]
            for one in found
        ],
        numbers=[0],
    )  # fmt: skip


def _print_text(workspace: Workspace, person_id: int, language: str) -> None:
    from sqlalchemy import select

    from config.errors import NotFound
    from models import Account
    from prospects.notices import notice_text

    check_choice("--lang", language, ("en", "ar"))
    with workspace.db.read() as session:
        account = session.scalar(
            select(Account).where(Account.person_id == person_id).order_by(Account.id)
        )
        if account is None:
            raise NotFound(f"There is no person {person_id}.", "See: warmlist privacy notices")
        name, network = account.handle or account.external_id, account.network
    written = notice_text(language, name=name, network=network, settings=workspace.settings.privacy)
    for line in written.splitlines():
        print_line(line)


@names.command("import", short_help="Add a list of names.")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV of handles, e-mails, phones or domains.")],
    kind: Kind = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add a list of names; everybody known by one of them is closed at once."""
    from app.bootstrap import open_workspace, read_clock
    from config.errors import Refused
    from prospects.blocklist import import_list, read_rows
    from prospects.erase import record
    from signals.contact_points import KINDS

    if kind is not None:
        check_choice("--kind", kind, KINDS)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read as text.", "Give a CSV file in UTF-8.") from error
    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        result = import_list(session, read_rows(text, kind=kind), now=now)
        counts = {"added": result.added, "people": result.people}
        record(session, "suppress_import", actor=who(by), subject=None, counts=counts, now=now)
    if as_json:
        print_json(
            {
                "read": result.read, "added": result.added, "known": result.known,
                "refused": result.refused, "people": result.people,
            }
        )  # fmt: skip
    else:
        print_line(
            f"{counted(result.read, 'row')}: {result.added:,} added, {result.known:,} known before,"
            f" {result.refused:,} not usable. People known by one of them: {result.people:,}."
        )
    if result.refused:
        raise typer.Exit(3)


@names.command("export")
def export_names(
    out: Annotated[Path | None, typer.Option(help="A file; standard output if left out.")] = None,
) -> None:
    """Write the list as CSV: salted hashes, why and since when."""
    from app.bootstrap import open_workspace
    from config.errors import Refused
    from prospects.blocklist import export_list

    workspace = open_workspace()
    with workspace.db.read() as session:
        text = export_list(session)
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.", "Choose another.") from error
    note(f"Written to {out}.")


@names.command("add")
def add(
    name: Annotated[str, typer.Argument(help="A handle, e-mail, phone number or domain.")],
    kind: Kind = None,
    network: Annotated[str, typer.Option(help="Of a handle; every network if left out.")] = "",
    reason: Annotated[str, typer.Option(help="Why, in a word.")] = "manual",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Add one name; everybody known by it is closed at once."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.blocklist import add_name
    from prospects.erase import record

    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        people = add_name(session, name, kind=kind, network=network, reason=reason, now=now)
        counts = {"people": people}
        record(session, "suppress_add", actor=who(by), subject=None, counts=counts, now=now)
    if as_json:
        print_json({"people": people})
    else:
        print_line(f"Added. People known by it: {people}.")


@names.command("remove", short_help="Take one name off the list.")
def remove(
    name: Annotated[str, typer.Argument(help="A name that was added before.")],
    kind: Kind = None,
    network: Annotated[str, typer.Option(help="Of a handle; every network if left out.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Take one name off the list; who objected or was erased stays suppressed."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.blocklist import remove_name
    from prospects.erase import record

    workspace, now = open_workspace(), read_clock()
    with workspace.db.write() as session:
        people = remove_name(session, name, kind=kind, network=network)
        counts = {"people": people}
        record(session, "suppress_remove", actor=who(by), subject=None, counts=counts, now=now)
    if as_json:
        print_json({"people": people})
    else:
        print_line(f"Removed. People who may be shown again: {people}.")


@names.command("list", short_help="Count what stands on the list.")
def list_(as_json: AsJson = False) -> None:
    """Count what stands on the list; names are not kept, only their hashes."""
    from app.bootstrap import open_workspace
    from prospects.blocklist import count_list

    workspace = open_workspace()
    with workspace.db.read() as session:
        counts = count_list(session)
    if as_json:
        print_json(counts)
    elif not counts:
        print_line("The suppression list is empty.")
    else:
        print_table(["Kind", "Names"], list(counts.items()), numbers=[1])


def who(by: str | None) -> str:
    """Who answers for it: the name given, else the one the system knows."""
    try:
        return (by or getpass.getuser())[:200]
    except (OSError, KeyError):  # a user without a name
        return "unknown"
