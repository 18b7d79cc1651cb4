"""``people``: which accounts are one person; proposed with proof, decided by a manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, print_json, print_line, print_table, who
from app.cli.workspace import AsJson, By

if TYPE_CHECKING:
    from models import AccountLink

people = typer.Typer(
    help="Which accounts are one person.", no_args_is_help=True, rich_markup_mode=None
)

Named = Annotated[str, typer.Argument(help="An account, as network:handle.")]
Number = Annotated[int, typer.Argument(help="The link's number, from people show.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(people, name="people")


@people.command("propose-link", short_help="Say that two accounts are one person's.")
def propose(
    first: Named,
    second: Named,
    proof: Annotated[str, typer.Option(help="profile_links, rel_me or consent.")] = "profile_links",
    record: Annotated[str, typer.Option(help="Of a consent: when, how, where it is kept.")] = "",
    first_page: Annotated[str | None, typer.Option(help="The first account's page.")] = None,
    second_page: Annotated[str | None, typer.Option(help="The second account's page.")] = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Say that two accounts are one person's; both pages are read to see whether they say so."""
    from app.bootstrap import open_workspace, read_clock
    from app.profiles import check_profiles, profile_address
    from prospects.resolve import PROOFS, check_allowed, find_account, propose_link

    check_choice("--proof", proof, PROOFS)
    workspace, now = open_workspace(), read_clock()
    settings = workspace.settings
    evidence: dict[str, Any] = {"record": record}
    pages: tuple[str, str] | None = None
    with workspace.db.read() as session:
        one, other = find_account(session, first), find_account(session, second)
        check_allowed(one, other, settings.people)
        if proof != "consent":
            pages = profile_address(one, first_page), profile_address(other, second_page)
    if pages is not None:
        evidence = check_profiles(*pages, proof=proof, settings=settings, now=now)
    with workspace.db.write() as session:
        link = propose_link(
            session, find_account(session, first), find_account(session, second), proof=proof,
            evidence=evidence, by=who(by), settings=settings.people, now=now,
        )  # fmt: skip
        document = _document(link)
    _say(document, f"Link {document['link']} proposed; a manager decides.", as_json=as_json)


@people.command("decide-link")
def decide(
    link: Number,
    accept: Annotated[bool, typer.Option("--accept/--reject", help="What you decide.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Join two accounts, or say that they are two people."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.resolve import decide_link

    workspace = open_workspace()
    with workspace.db.write() as session:
        decided = decide_link(
            session, link, accept=accept, by=who(by), reason=reason,
            settings=workspace.settings.people, now=read_clock(),
        )  # fmt: skip
        document = _document(decided)
    _say(document, f"Link {link} {document['state']}.", as_json=as_json)


@people.command("unlink")
def undo(link: Number, by: By = None, as_json: AsJson = False) -> None:
    """Undo a link: both sides are what they were before."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.resolve import unlink

    workspace = open_workspace()
    with workspace.db.write() as session:
        document = _document(unlink(session, link, by=who(by), now=read_clock()))
    _say(document, f"Link {link} undone.", as_json=as_json)


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
        named = None if account is None else [find_account(session, account).id]
        documents = [_document(link) for link in links_of(session, named)]
    if as_json:
        print_json(documents)
    elif not documents:
        print_line("No links. Accounts stand for themselves.")
    else:
        columns = ("link", "first", "second", "proof", "state", "proposed_by", "decided_by")
        print_table(
            [column.replace("_", " ").capitalize() for column in columns],
            [[one[column] for column in columns] for one in documents],
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
