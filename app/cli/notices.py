"""``privacy notices``: who has to be told what is held about them, and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.console import check_choice, counted, print_json, print_line, print_table, say, who
from app.cli.language import said
from app.cli.workspace import AsJson, By

if TYPE_CHECKING:
    from app.bootstrap import Workspace


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("notices", short_help="Who has to be told, and by when.")(notices)


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
            say(
                "%(count)s marked as given.",
                count=counted(count, "notice"),
            )
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
        say("Nobody has to be told.")
        return
    print_table(
        ["Person", "Account", "Network", "Due", "Because", ""],
        [
            [one.person_id, one.name, one.network, f"{one.due_at:%Y-%m-%d}", said(one.because),
             said("overdue") if one.is_overdue else ""]
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
            raise NotFound(
                "There is no person %(person_id)s.",
                "See: warmlist privacy notices",
                person_id=person_id,
            )
        name, network = account.handle or account.external_id, account.network
    written = notice_text(language, name=name, network=network, settings=workspace.settings.privacy)
    for line in written.splitlines():
        print_line(line)
