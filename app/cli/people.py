"""``people``: which accounts are one person; proposed with proof, decided by a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, named, print_json, print_line, print_table, say, who
from app.cli.language import said
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from models import AccountLink

people = typer.Typer(
    help="Which accounts are one person.", no_args_is_help=True, rich_markup_mode=None
)

Named = Annotated[str, typer.Argument(help="An account, as network:handle.")]
By = Annotated[
    str | None,
    typer.Option(help="The user who asks for it, by e-mail; any name where nobody signs in."),
]
Number = Annotated[int, typer.Argument(help="The link's number, from people show.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(people, name="people")


@people.command("propose-link", short_help="Say that two accounts are one person's.")
def propose_(
    first: Named,
    second: Named,
    proof: Annotated[str, typer.Option(help="profile_links, rel_me or consent.")] = "profile_links",
    record: Annotated[str, typer.Option(help="Of a consent: when, how, where it is kept.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that two accounts are one person's; both pages are read to see whether they say so."""
    from app.access.who import SIGNED_IN
    from app.bootstrap import open_workspace, read_clock
    from app.linking import find_answering, propose
    from prospects.resolve import PROOFS

    check_choice("--proof", proof, PROOFS)
    workspace = open_workspace()
    with workspace.db.read() as session:
        asker = find_answering(session, by, SIGNED_IN, system_name=who(by))
    link = propose(
        workspace, asker, first, second, proof=proof, record=record, now=read_clock(),
    )  # fmt: skip
    document = _document(link)
    _say(
        document,
        said("Link %(link)s proposed; a manager decides.", link=document["link"]),
        as_json=as_json,
    )


@people.command("decide-link")
def decide_(
    link: Number,
    accept: Annotated[bool, typer.Option("--accept/--reject", help="What you decide.")],
    reason: Annotated[str, typer.Option(help="Why; who proposed it reads it.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Join two accounts, or say that they are two people."""
    from app.access.who import MANAGERS
    from app.bootstrap import open_workspace, read_clock
    from app.linking import decide, find_answering

    workspace = open_workspace()
    with workspace.db.write() as session:
        asker = find_answering(session, by, MANAGERS, system_name=who(by))
        decided = decide(
            session, asker, link, accept=accept, reason=reason, workspace=workspace,
            now=read_clock(),
        )  # fmt: skip
        document = _document(decided)
    _say(
        document,
        said("Link %(link)s %(state)s.", link=link, state=named(document["state"])),
        as_json=as_json,
    )


@people.command("unlink")
def undo_(link: Number, by: By = None, as_json: AsJson = False) -> None:
    """Undo a link: both sides are what they were before."""
    from app.access.who import MANAGERS
    from app.bootstrap import open_workspace, read_clock
    from app.linking import find_answering, undo

    workspace = open_workspace()
    with workspace.db.write() as session:
        asker = find_answering(session, by, MANAGERS, system_name=who(by))
        document = _document(undo(session, asker, link, now=read_clock()))
    _say(document, said("Link %(link)s undone.", link=link), as_json=as_json)


@people.command("show")
def show(
    account: Annotated[str | None, typer.Argument(help="network:handle; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show proposed, decided and undone links."""
    from app.bootstrap import open_workspace
    from prospects.resolve import find_account, links_of

    workspace = open_workspace()
    with workspace.db.read() as session:
        chosen = None if account is None else [find_account(session, account).id]
        documents = [_document(link) for link in links_of(session, chosen)]
    if as_json:
        print_json(documents)
    elif not documents:
        say("No links. Accounts stand for themselves.")
    else:
        columns = ("link", "first", "second", "proof", "state", "proposed_by", "decided_by")
        print_table(
            ["Link", "First", "Second", "Proof", "State", "Proposed by", "Decided by"],
            [
                [named(one[c]) if c in {"proof", "state"} else one[c] for c in columns]
                for one in documents
            ],
            numbers=[0],
        )


def _document(link: AccountLink) -> dict[str, Any]:
    state = "undone" if link.undone_at else link.decision or "proposed"
    return {
        "link": link.id, "first": link.first_id, "second": link.second_id, "proof": link.proof,
        "evidence": link.evidence, "state": state, "proposed_by": link.proposed_by,
        "decided_by": link.decided_by, "reason": link.reason,
    }  # fmt: skip


def _say(document: dict[str, Any], line: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        print_line(line)
