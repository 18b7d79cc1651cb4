"""``topic add``, ``topic list``, ``topic edit``."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.cli import budget, judging, previewing, studio
from app.cli.console import counted, print_json, print_table, say, who
from app.cli.language import said
from app.cli.workspace import AsJson

group = typer.Typer(help="What we listen for.", no_args_is_help=True, rich_markup_mode=None)

Phrases = Annotated[list[str] | None, typer.Option("--keyword", help="A phrase; repeatable.")]
Exclusions = Annotated[
    list[str] | None, typer.Option("--exclude", help="A phrase that holds a post back; repeatable.")
]
Languages = Annotated[
    list[str] | None, typer.Option("--lang", help="A language such as en; none: all; repeatable.")
]
Places = Annotated[
    list[str] | None,
    typer.Option("--place", help="A country where people live, if they say so; repeatable."),
]
Communities = Annotated[
    list[str] | None, typer.Option("--community", help="Where to listen; repeatable.")
]

Reason = Annotated[str, typer.Option(help="Why; the team reads it in the versions.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    previewing.register(group)
    studio.register(group)
    judging.register(group)
    budget.register(group)
    app.add_typer(group, name="topic")
    # what concerns all topics is asked for by the plural as well
    every = typer.Typer(help="All topics.", no_args_is_help=True, rich_markup_mode=None)
    budget.register(every)
    app.add_typer(every, name="topics")


@group.command("add")
def add(
    name: Annotated[str, typer.Argument(help="The topic's name.")],
    keyword: Phrases = None,
    exclude: Exclusions = None,
    lang: Languages = None,
    place: Places = None,
    community: Communities = None,
    description: Annotated[str, typer.Option(help="What people on it need, in a sentence.")] = "",
    reason: Reason = "",
    by: studio.By = None,
    as_json: AsJson = False,
) -> None:
    """Add a topic."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.place import read_places
    from signals.catalog import create_topic

    workspace = open_workspace()
    with workspace.db.write() as session:
        topic = create_topic(
            session,
            name=name,
            keywords=keyword or [],
            exclusions=exclude or [],
            languages=lang or [],
            places=read_places(place or []),
            communities=community or [],
            description=description,
            defaults=workspace.settings.topic,
            now=read_clock(),
            author=who(by),
            reason=reason,
            allow_hosts=workspace.settings.collect.allow_hosts,
        )
        document = _document(topic)
    if as_json:
        print_json(document)
    else:
        say(
            "Topic %(name)s listens for %(keywords)s.",
            name=document["name"],
            keywords=counted(len(document["keywords"]), "keyword"),
        )


@group.command("list")
def list_(as_json: AsJson = False) -> None:
    """List topics with their keywords."""
    from sqlalchemy import select
    from sqlalchemy.orm import selectinload

    from app.bootstrap import open_workspace
    from models import Topic

    workspace = open_workspace()
    with workspace.db.read() as session:
        topics = session.scalars(
            select(Topic)
            .options(selectinload(Topic.keywords), selectinload(Topic.communities))
            .order_by(Topic.id)
        )
        documents = [_document(topic) for topic in topics]
    if as_json:
        print_json(documents)
        return
    if not documents:
        say("No topics yet. Add one: warmlist topic add NAME --keyword PHRASE")
        return
    print_table(
        ["Topic", "Keywords", "Exclusions", "Languages", "Places", "Communities"],
        [
            [
                topic["name"] + ("" if topic["active"] else said(" (off)")),
                ", ".join(topic["keywords"]),
                ", ".join(topic["exclusions"]),
                ", ".join(topic["languages"]) or said("all"),
                ", ".join(topic["places"]) or said("any"),
                ", ".join(topic["communities"]) or said("everywhere"),
            ]
            for topic in documents
        ],
    )


@group.command("edit")
def edit(
    name: Annotated[str, typer.Argument(help="The topic's name or number.")],
    reason: Reason,
    keyword: Phrases = None,
    exclude: Exclusions = None,
    lang: Languages = None,
    place: Places = None,
    community: Communities = None,
    drop_keyword: Annotated[list[str] | None, typer.Option(help="A keyword to remove.")] = None,
    drop_exclude: Annotated[list[str] | None, typer.Option(help="An exclusion to remove.")] = None,
    drop_community: Annotated[list[str] | None, typer.Option(help="A community to remove.")] = None,
    any_place: Annotated[bool, typer.Option("--any-place", help="First drop all places.")] = False,
    rename: Annotated[str | None, typer.Option(help="A new name.")] = None,
    description: Annotated[str | None, typer.Option(help="A new description.")] = None,
    active: Annotated[bool | None, typer.Option("--on/--off", help="Listen or not.")] = None,
    by: studio.By = None,
    as_json: AsJson = False,
) -> None:
    """Add to a topic, remove from it, rename it, switch it on or off."""
    from app.bootstrap import open_workspace, read_clock
    from app.tuning import apply_fit
    from prospects.place import read_places
    from signals.catalog import edit_topic, find_topic

    workspace = open_workspace()
    with workspace.db.write() as session:
        topic = find_topic(session, name)
        kept = [] if any_place else topic.places
        topic = edit_topic(
            session,
            topic,
            add_keywords=keyword or [],
            remove_keywords=drop_keyword or [],
            add_exclusions=exclude or [],
            remove_exclusions=drop_exclude or [],
            languages=lang,
            places=list(dict.fromkeys([*kept, *read_places(place or [])])),
            add_communities=community or [],
            remove_communities=drop_community or [],
            description=description,
            name=rename,
            active=active,
            now=read_clock(),
            author=who(by),
            reason=reason,
            allow_hosts=workspace.settings.collect.allow_hosts,
        )
        document = _document(topic)
    apply_fit(workspace)
    if as_json:
        print_json(document)
    else:
        say(
            "Topic %(name)s has %(keywords)s and %(exclusions)s (version %(version)s).",
            name=document["name"],
            keywords=counted(len(document["keywords"]), "keyword"),
            exclusions=counted(len(document["exclusions"]), "exclusion"),
            version=document["version"],
        )


def _document(topic: Any) -> dict[str, Any]:
    phrases = [k for k in topic.keywords if k.active]
    return {
        "id": topic.id,
        "name": topic.name,
        "description": topic.description,
        "active": topic.active,
        "version": topic.version,
        "keywords": [k.phrase for k in phrases if k.role == "keyword"],
        "exclusions": [k.phrase for k in phrases if k.role == "exclusion"],
        "languages": list(topic.languages),
        "places": list(topic.places),
        "communities": [community.name for community in topic.communities],
        "half_life_hours": topic.half_life_hours,
        "window_days": topic.window_days,
    }
