"""``user``: who may sign in."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from app.cli.console import check_choice, named, print_json, print_line, print_table, remark, say
from app.cli.language import said
from app.cli.workspace import AsJson

users = typer.Typer(help="Who may sign in.", no_args_is_help=True, rich_markup_mode=None)

Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(users, name="user")


@users.command("add", short_help="Add a user.")
def add_user(
    email: Email,
    admin: Annotated[bool, typer.Option("--admin", help="The role admin.")] = False,
    role: Annotated[str | None, typer.Option(help="rep, manager or admin.")] = None,
    name: Annotated[str, typer.Option(help="As pages show it.")] = "",
    rep: Annotated[str | None, typer.Option(help="The rep whose list this user works.")] = None,
    team: Annotated[
        list[str] | None, typer.Option(help="A team a manager answers for; repeatable.")
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Add a user: with a password from standard input, else by a link that works once."""
    from app.access.links import invite
    from app.access.secrets import hash_password
    from app.access.users import create_user
    from app.bootstrap import open_workspace, read_clock
    from config.errors import Refused
    from models import ROLES
    from quotas.staff import find_rep, find_team

    chosen = role or ("admin" if admin else "rep" if rep else "manager" if team else "")
    if not chosen:
        raise Refused(
            "Which role has %(email)s?",
            "Say --admin, --rep NAME or --team NAME.",
            2,
            email=email,
        )
    check_choice("--role", chosen, ROLES)
    workspace = open_workspace()
    now, settings = read_clock(), workspace.settings.access
    kept = hash_password(_read_password(), settings) if password_stdin else None
    with workspace.db.write() as session:
        rep_id = find_rep(session, rep).id if rep else None
        team_ids = [find_team(session, one).id for one in team or ()]
        document: dict[str, Any] = {"email": email.strip().lower(), "role": chosen}
        if kept is not None:
            user = create_user(
                session, email=email, name=name, role=chosen, password_hash=kept, rep_id=rep_id,
                team_ids=team_ids, now=now,
            )  # fmt: skip
            document |= {"id": user.id, "name": user.name}
        else:
            token = invite(
                session, email=email, role=chosen, rep_id=rep_id, team_ids=team_ids, now=now,
                settings=settings,
            )  # fmt: skip
            document["link"] = f"{_address(workspace)}/welcome/{token}"
    if as_json:
        print_json(document)
    elif kept is not None:
        say(
            "%(email)s can sign in as %(chosen)s.",
            email=document["email"],
            chosen=named(chosen),
        )
    else:
        say(
            "%(email)s comes in by this link; it works once, %(hours)s:",
            email=document["email"],
            hours=_hours(settings),
        )
        print_line(str(document["link"]))


@users.command("list")
def list_users(as_json: AsJson = False) -> None:
    """List who may sign in."""
    from app.access.users import list_users as load_users
    from app.bootstrap import open_workspace
    from models import Rep

    workspace = open_workspace()
    with workspace.db.read() as session:
        documents = []
        for user in load_users(session):
            rep = session.get(Rep, user.rep_id) if user.rep_id is not None else None
            documents.append(
                {
                    "id": user.id,
                    "email": user.email,
                    "name": user.name,
                    "role": user.role,
                    "rep": rep.name if rep else None,
                    "active": user.active,
                }
            )
    if as_json:
        print_json(documents)
    elif not documents:
        say("Nobody yet. Add the first: warmlist user add EMAIL --admin")
    else:
        print_table(
            ["E-mail", "Name", "Role", "Rep", "May sign in"],
            [
                [
                    d["email"],
                    d["name"],
                    named(str(d["role"])),
                    d["rep"],
                    said("yes") if d["active"] else said("no"),
                ]
                for d in documents
            ],
        )


@users.command("link")
def make_link(email: Email, as_json: AsJson = False) -> None:
    """Make a link by which a user sets a new password."""
    from app.access.links import make_reset_link
    from app.access.users import get_user
    from app.bootstrap import open_workspace, read_clock

    workspace = open_workspace()
    settings = workspace.settings.access
    with workspace.db.write() as session:
        user = get_user(session, email)
        token = make_reset_link(session, user, now=read_clock(), settings=settings)
    link = f"{_address(workspace)}/welcome/{token}"
    if as_json:
        print_json({"email": email.strip().lower(), "link": link})
    else:
        say(
            "A new password for %(email)s; the link works once, %(hours)s:",
            email=email,
            hours=_hours(settings),
        )
        print_line(link)


@users.command("close")
def close_user(email: Email) -> None:
    """Keep a user out from now on, in every browser."""
    _set_active(email, active=False)
    say(
        "%(email)s is kept out.",
        email=email,
    )


@users.command("reopen")
def reopen_user(email: Email) -> None:
    """Let a user in again."""
    _set_active(email, active=True)
    say(
        "%(email)s may sign in again.",
        email=email,
    )


def _set_active(email: str, *, active: bool) -> None:
    from app.access.users import get_user, set_active
    from app.bootstrap import open_workspace, read_clock

    workspace = open_workspace()
    with workspace.db.write() as session:
        set_active(session, get_user(session, email), active=active, now=read_clock())


def _read_password() -> str:
    if sys.stdin.isatty():
        remark("Type the password, then Enter:")
    return sys.stdin.readline().rstrip("\r\n")


def _address(workspace: Any) -> str:
    web = workspace.settings.web
    return str(web.public_url).rstrip("/") or f"http://{web.host}:{web.port}"


def _hours(settings: Any) -> str:
    return said("for %(n)s hours", n=f"{settings.link_hours:g}")
