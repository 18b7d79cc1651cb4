"""``source``: networks we listen to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import moment, named, print_json, print_line, print_table, say
from app.cli.language import said, told
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from signals.sources import SourceTerms

group = typer.Typer(help="Networks we listen to.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="The source, by its name: its network's, usually.")]
Url = Annotated[str | None, typer.Option(help="Another server; several with commas for fail-over.")]
LawfulBasis = Annotated[
    str | None, typer.Option(help="Why you may process this, in your own words.")
]
TosBasis = Annotated[
    str | None, typer.Option(help="Which terms of the network you rely on, in your own words.")
]
ApprovalRef = Annotated[
    str | None,
    typer.Option(help="The network's approval, where it gives one (Reddit, YouTube)."),
]
RetentionDays = Annotated[
    float | None, typer.Option(help="Keep words this long; never longer than the terms allow.")
]
Budget = Annotated[float | None, typer.Option(help="The most a day (UTC) may cost, in US dollars.")]
Requests = Annotated[int | None, typer.Option(help="The most requests a day (UTC).")]
Interval = Annotated[
    float | None, typer.Option(help="Seconds between runs, instead of adapting to what comes.")
]
PersonLevel = Annotated[
    bool | None,
    typer.Option("--person-level/--no-person-level", help="Whether people become prospects."),
]
Option = Annotated[
    list[str] | None,
    typer.Option(help="Another setting, name=value; docs/networks.md names them; repeatable."),
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="source")


@group.command("add")
def add(
    network: Annotated[str, typer.Argument(help="Such as bluesky; see docs/networks.md.")],
    name: Annotated[
        str | None, typer.Option(help="A name of its own, for a network at several addresses.")
    ] = None,
    lawful_basis: LawfulBasis = None,
    tos_basis: TosBasis = None,
    approval_ref: ApprovalRef = None,
    url: Url = None,
    retention_days: RetentionDays = None,
    budget: Budget = None,
    requests: Requests = None,
    interval: Interval = None,
    person_level: PersonLevel = None,
    option: Option = None,
    as_json: AsJson = False,
) -> None:
    """Listen to a network."""
    from app.bootstrap import open_workspace, read_clock
    from signals.schedule import find_missing, synchronise
    from signals.sources import add_source, describe_source

    terms = _terms(
        url, lawful_basis, tos_basis, approval_ref, retention_days, budget, requests, interval,
        person_level, option,
    )  # fmt: skip
    workspace = open_workspace()
    with workspace.db.write() as session:
        source = add_source(
            session,
            network=network,
            name=name,
            terms=terms,
            now=read_clock(),
            allow_hosts=workspace.settings.collect.allow_hosts,
        )
        synchronise(session, now=read_clock())
        document = {"id": source.id, **describe_source(source)}
        missing = find_missing(session, source.name)
    if as_json:
        print_json(document)
    else:
        say(
            "Listening to %(name)s from the next `warmlist collect` or `warmlist run`.",
            name=document["name"],
        )
        if missing:
            print_line(told(missing))
        for line in _missing(workspace, network):
            print_line(line)


@group.command("set")
def set_(
    name: Name,
    lawful_basis: LawfulBasis = None,
    tos_basis: TosBasis = None,
    approval_ref: ApprovalRef = None,
    url: Url = None,
    retention_days: RetentionDays = None,
    budget: Budget = None,
    requests: Requests = None,
    interval: Interval = None,
    person_level: PersonLevel = None,
    option: Option = None,
    as_json: AsJson = False,
) -> None:
    """Change what is stated about a source, from its next run on."""
    from app.bootstrap import open_workspace, read_clock
    from signals.sources import describe_source, edit_source

    terms = _terms(
        url, lawful_basis, tos_basis, approval_ref, retention_days, budget, requests, interval,
        person_level, option,
    )  # fmt: skip
    workspace = open_workspace()
    with workspace.db.write() as session:
        document = describe_source(
            edit_source(
                session,
                name,
                terms,
                now=read_clock(),
                allow_hosts=workspace.settings.collect.allow_hosts,
            )
        )
    if as_json:
        print_json(document)
    else:
        say(
            "%(name)s is changed, from its next run on.",
            name=name,
        )


def _terms(
    url: str | None,
    lawful_basis: str | None,
    tos_basis: str | None,
    approval_ref: str | None,
    retention_days: float | None,
    budget: float | None,
    requests: int | None,
    interval: float | None,
    person_level: bool | None,
    option: Iterable[str] | None,
) -> SourceTerms:
    from config.errors import Refused
    from signals.sources import SourceTerms

    options: dict[str, str] = {}
    for one in option or ():
        key, equals, value = one.partition("=")
        if not equals or not key.strip():
            raise Refused(
                "--option %(one)s is not name=value.",
                "Write, say, --option first_hours=24.",
                2,
                one=repr(one),
            )
        options[key.strip()] = value.strip()
    return SourceTerms(
        url=url,
        lawful_basis=lawful_basis,
        tos_basis=tos_basis,
        approval_ref=approval_ref,
        retention_days=retention_days,
        allow_person_level=person_level,
        daily_money=budget,
        daily_requests=requests,
        interval_seconds=interval,
        options=options or None,
    )


def _missing(workspace: Any, network: str) -> list[str]:
    """Secrets this network needs and nobody has set, one line each."""
    from signals.collectors.traits import traits_of

    known = workspace.settings.secrets.get(network, {})
    return [
        said(
            "Still to set in the environment: %(name)s",
            name=f"WARMLIST_SECRETS__{network.upper()}__{name.upper()}",
        )
        for name in traits_of(network).secrets
        if name not in known
    ]


@group.command("resume")
def resume_(name: Name) -> None:
    """Go on after what was asked for has been done."""
    from app.bootstrap import open_workspace, read_clock
    from signals.sources import resume

    workspace = open_workspace()
    with workspace.db.write() as session:
        resume(session, name, now=read_clock())
    say(
        "%(name)s is due again.",
        name=name,
    )


@group.command("pause")
def pause(
    name: Name,
    reason: Annotated[str, typer.Option(help="Shown where the source is listed.")] = "",
) -> None:
    """Stop listening to a source until it is resumed."""
    from app.bootstrap import open_workspace
    from signals.sources import pause_source

    workspace = open_workspace()
    with workspace.db.write() as session:
        pause_source(
            session, name,
            reason=reason.strip()
            or f"Paused by a person. Go on: warmlist source resume {name}",
        )  # fmt: skip
    say(
        "%(name)s is paused.",
        name=name,
    )


@group.command("list")
def list_(as_json: AsJson = False) -> None:
    """List what is listened to, its state and what a person must do."""
    from app.bootstrap import open_workspace, read_clock
    from app.collections import list_sources

    workspace = open_workspace()
    documents = list_sources(workspace, now=read_clock())
    if as_json:
        print_json(documents)
    elif not documents:
        say("No source yet. Add one: warmlist source add bluesky --lawful-basis TEXT")
    else:
        print_table(
            ["Source", "State", "Last run", "Outcome", "Read", "Matched", "Today $", "Next",
             "To do"],
            [
                [d["name"], named(d["state"]), moment(d["last_run"]), named(d["outcome"]),
                 d["read"], d["matched"], f"{d['spent_today']:.2f}", moment(d["next_due_at"]),
                 told(d["do"] or "")]
                for d in documents
            ],
            numbers=(4, 5, 6),
        )  # fmt: skip
