"""``identity``: who accounts are, corrected by people; competitors and staff by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, counted, named, print_json, print_line, print_table, say
from app.cli.language import said, wording
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from models import Account, KnownParty

group = typer.Typer(
    help="Who accounts are: people, firms, sellers, machines.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Handle = Annotated[str, typer.Argument(help="The account: handle, @handle or network:handle.")]
Network = Annotated[str | None, typer.Option(help="Its network, where several have the handle.")]
By = Annotated[str, typer.Option("--by", help="Who says so.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    group.command("show")(show)
    group.command("set", short_help="Say who an account is; this stands.")(set_)
    group.command("clear", short_help="Take a correction back.")(clear)
    group.command("mark", short_help="Name a competitor or staff.")(mark)
    group.command("unmark")(unmark)
    group.command("parties")(parties)
    app.add_typer(group, name="identity")


def show(handle: Handle, network: Network = None, as_json: AsJson = False) -> None:
    """Show who an account is, and every verdict on it with its reasons."""
    from app.bootstrap import open_workspace
    from prospects.identity import standing_verdicts
    from prospects.verdicts import identity_history

    with open_workspace().db.read() as session:
        account = find_account(session, handle, network)
        verdict = standing_verdicts(session, [account.id]).get(account.id, "unknown")
        history = identity_history(session, account.id)
    from app.wording import Wording

    words = Wording("en") if as_json else wording()
    if as_json:
        print_json(
            {
                "account": account.id, "network": account.network, "handle": account.handle,
                "identity": verdict,
                "history": [
                    {
                        "verdict": row.verdict, "source": row.source, "by": row.author,
                        "at": row.decided_at.isoformat(),
                        "reasons": [
                            {"code": code, "text": words.reason_text(code), "points": points}
                            for code, points in row.reasons
                        ],
                    }
                    for row in history
                ],
            }
        )  # fmt: skip
        return
    say(
        "%(handle)s on %(network)s: %(identity)s",
        handle=account.handle,
        network=account.network,
        identity=words.identity(verdict),
    )
    for row in history:
        why = ", ".join(words.reason_text(code) for code, _ in row.reasons)
        print_line(
            f"  {row.decided_at:%Y-%m-%d}  {words.identity(row.verdict)}, "
            + (
                said("%(source)s by %(author)s", source=named(row.source), author=row.author)
                if row.author
                else named(row.source)
            )
            + (f": {why}" if why else "")
        )


def set_(
    handle: Handle,
    verdict: Annotated[str, typer.Argument(help="person, organisation, seller, bot, ...")],
    author: By,
    network: Network = None,
    as_json: AsJson = False,
) -> None:
    """Say who an account is; what is derived later does not change it. Warmth follows at once."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.recognise import VERDICTS
    from prospects.tuning import load_weights
    from prospects.verdicts import correct_identity

    check_choice("VERDICT", verdict, VERDICTS)
    workspace = open_workspace()
    with workspace.db.write() as session:
        account = find_account(session, handle, network)
        weights = load_weights(session, workspace.settings.warmth)
        correct_identity(
            session, account.id, verdict, author=author, now=read_clock(), weights=weights
        )
    _say(account, verdict, as_json=as_json)


def clear(handle: Handle, author: By, network: Network = None, as_json: AsJson = False) -> None:
    """Take a correction back; what was derived counts again."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.tuning import load_weights
    from prospects.verdicts import withdraw_correction

    workspace = open_workspace()
    with workspace.db.write() as session:
        account = find_account(session, handle, network)
        weights = load_weights(session, workspace.settings.warmth)
        row = withdraw_correction(
            session, account.id, author=author, now=read_clock(), weights=weights
        )
    _say(account, row.verdict, as_json=as_json)


def mark(
    party: Annotated[str, typer.Argument(help="competitor or staff.")],
    author: By,
    handle: Annotated[str | None, typer.Option(help="A handle.")] = None,
    domain: Annotated[str | None, typer.Option(help="A domain their profile links to.")] = None,
    network: Annotated[
        str | None, typer.Option(help="The handle's network; all if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Name a competitor or our own staff by handle or domain; they are nobody's prospects."""
    from app.bootstrap import open_workspace, read_clock
    from app.identities import judge_anew
    from prospects.parties import add_party

    check_choice("PARTY", party, ("competitor", "staff"))
    workspace = open_workspace()
    with workspace.db.write() as session:
        entry, found = add_party(
            session, party, handle=handle, domain=domain, network=network, author=author,
            now=read_clock(),
        )  # fmt: skip
    changed = judge_anew(workspace, found, clock=read_clock)
    if as_json:
        print_json(_document(entry) | {"accounts": len(found), "changed": changed})
    else:
        known = counted(len(found), "account")
        say(
            "%(value)s counts as %(party)s (entry %(id)s); %(known)s known by now.",
            value=entry.value,
            party=named(party),
            id=entry.id,
            known=known,
        )


def unmark(
    entry: Annotated[int, typer.Argument(help="The entry's number, from identity parties.")],
    as_json: AsJson = False,
) -> None:
    """Take an entry off the lists of competitors and staff."""
    from app.bootstrap import open_workspace, read_clock
    from app.identities import judge_anew
    from prospects.parties import remove_party

    workspace = open_workspace()
    with workspace.db.write() as session:
        found = remove_party(session, entry, now=read_clock())
    changed = judge_anew(workspace, found, clock=read_clock)
    if as_json:
        print_json({"removed": entry, "accounts": len(found), "changed": changed})
    else:
        say(
            "Entry %(entry)s is off the list; %(changed)s changed.",
            entry=entry,
            changed=counted(changed, "account"),
        )


def parties(as_json: AsJson = False) -> None:
    """List the competitors and staff that are known by name."""
    from app.bootstrap import open_workspace
    from prospects.parties import list_parties

    with open_workspace().db.read() as session:
        found = list_parties(session)
    if as_json:
        print_json([_document(one) for one in found])
    elif not found:
        say("Nobody. Name one: warmlist identity mark competitor --domain acme.example --by ME")
    else:
        print_table(
            ["Entry", "Who", "By", "Value", "Network", "Added by"],
            [
                [
                    one.id,
                    named(one.verdict),
                    named(one.scope),
                    one.value,
                    one.network or said("every network"),
                    one.author,
                ]
                for one in found
            ],
            numbers=(0,),
        )


def _document(party: KnownParty) -> dict[str, Any]:
    return {
        "entry": party.id, "party": party.verdict, "scope": party.scope, "value": party.value,
        "network": party.network, "by": party.author,
    }  # fmt: skip


def _say(account: Account, verdict: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"account": account.id, "handle": account.handle, "identity": verdict})
    else:
        say(
            "%(handle)s on %(network)s counts as: %(verdict)s.",
            handle=account.handle,
            network=account.network,
            verdict=named(verdict),
        )


def find_account(session: Session, handle: str, network: str | None) -> Account:
    """The account of that handle; refuses one that several networks have, unless told which.

    ``network:handle`` tells it too, as the commands of links write it.
    """
    from sqlalchemy import func, select

    from config.errors import NotFound, Refused
    from models import Account
    from prospects.resolve import find_account as find_on_network

    name = handle.strip().removeprefix("@").lower()
    statement = select(Account).where(func.lower(Account.handle) == name).order_by(Account.id)
    if network is not None:
        statement = statement.where(Account.network == network)
    found = session.scalars(statement.limit(9)).all()
    if not found and network is None and ":" in name:
        return find_on_network(session, handle)
    if not found:
        raise NotFound(
            "There is no account %(handle)s.",
            "See: warmlist list show --rep NAME",
            handle=repr(handle),
        )
    if len(found) > 1:
        networks = ", ".join(account.network for account in found)
        raise Refused(
            "Several accounts are called %(handle)s: %(networks)s.",
            "Give --network.",
            handle=repr(handle),
            networks=networks,
        )
    return found[0]
