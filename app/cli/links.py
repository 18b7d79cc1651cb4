"""``link`` and ``hook``: short links of our own, and what other systems may deliver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.console import counted, explain, print_json, print_line, print_table, say
from app.cli.language import said
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from app.bootstrap import Workspace

links = typer.Typer(
    help="Short links whose clicks are counted.", no_args_is_help=True, rich_markup_mode=None
)
hooks = typer.Typer(
    help="What other systems may deliver.", no_args_is_help=True, rich_markup_mode=None
)


def register(app: typer.Typer) -> None:
    """Add the groups."""
    app.add_typer(links, name="link")
    app.add_typer(hooks, name="hook")


@links.command("create", short_help="Make a short link.")
def create(
    url: Annotated[str, typer.Argument(help="Where the link leads.")],
    topic: Annotated[str, typer.Option(help="The topic it belongs to.")],
    prospect: Annotated[
        str | None, typer.Option(help="For this prospect alone: handle or person's number.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a short link; a click on one made for a prospect is that prospect's signal."""
    from app.bootstrap import open_workspace, read_clock
    from prospects.records import find_one
    from signals.catalog import find_topic
    from signals.clicks import create_link

    workspace = open_workspace()
    with workspace.db.write() as session:
        person = find_one(session, prospect, or_number=True) if prospect else None
        link = create_link(
            session, url=url, topic=find_topic(session, topic), person=person, now=read_clock()
        )
        document = {
            "link": f"{base_address(workspace)}/c/{link.code}",
            "code": link.code,
            "url": link.url,
            "topic": topic,
            "person": link.person_id,
            "counts_for_person": link.signal_id is not None,
        }
    if as_json:
        print_json(document)
    else:
        print_line(str(document["link"]))
        if prospect and not document["counts_for_person"]:
            say(
                "Nothing of %(prospect)s on %(topic)s is stored: until there is, a click is "
                "counted and is nobody's signal.",
                prospect=prospect,
                topic=topic,
            )


@links.command("list")
def list_links(as_json: AsJson = False) -> None:
    """List links and their clicks, and the clicks of each topic."""
    from collections import Counter

    from app.bootstrap import open_workspace
    from signals.clicks import count_clicks

    workspace = open_workspace()
    with workspace.db.read() as session:
        counted_links = count_clicks(session)
        totals: Counter[str] = Counter()
        for _, topic, count in counted_links:
            totals[topic] += count
        documents = [
            {
                "code": link.code,
                "link": f"{base_address(workspace)}/c/{link.code}",
                "url": link.url,
                "topic": topic,
                "person": link.person_id,
                "clicks": count,
                "topic_clicks": totals[topic],
                "active": link.active,
            }
            for link, topic, count in counted_links
        ]
    if as_json:
        print_json(documents)
    elif not documents:
        say("No links yet. Make one: warmlist link create URL --topic TOPIC")
    else:
        print_table(
            ["Link", "Leads to", "Topic", "Person", "Clicks", "Open"],
            [
                [d["link"], d["url"], d["topic"], d["person"], d["clicks"],
                 said("yes") if d["active"] else said("no")]
                for d in documents
            ],
            numbers=(3, 4),
        )  # fmt: skip
        for topic, total in sorted(totals.items()):
            say(
                "%(topic)s: %(total)s on all of its links",
                topic=topic,
                total=counted(total, "click"),
            )


@links.command("close")
def close(code: Annotated[str, typer.Argument(help="The code behind /c/.")]) -> None:
    """Let a link lead nowhere from now on."""
    from app.bootstrap import open_workspace
    from signals.clicks import close_link

    workspace = open_workspace()
    with workspace.db.write() as session:
        close_link(session, code)
    say(
        "Link %(code)s is closed.",
        code=code,
    )


@hooks.command("list", short_help="List hooks and whether they may run.")
def list_hooks(as_json: AsJson = False) -> None:
    """List the hooks in the settings, their addresses, and whether they may run."""
    from app.bootstrap import open_workspace
    from app.hooks import find_hook, find_topics
    from config.errors import Refused

    workspace = open_workspace()
    documents = []
    for name, hook in sorted(workspace.settings.hooks.items()):
        try:
            find_hook(workspace, name)
            with workspace.db.read() as session:
                known = len(find_topics(session, hook))
            trouble = None if known == len(set(hook.topics)) else (
                f"Not all of its topics exist and are switched on: {', '.join(hook.topics)}."
            )  # fmt: skip
        except Refused as error:
            trouble = str(error) if as_json else explain(error)
        documents.append(
            {
                "hook": name,
                "kind": hook.kind,
                "address": f"{base_address(workspace)}/hooks/{name}",
                "trouble": trouble,
            }
        )
    if as_json:
        print_json(documents)
    elif not documents:
        say("No hooks. docs/hooks.md says how to add one to warmlist.toml.")
    else:
        print_table(
            ["Hook", "Kind", "Address", "State"],
            [
                [d["hook"], d["kind"], d["address"], d["trouble"] or said("ready")]
                for d in documents
            ],
        )


@hooks.command("drain", short_help="Store what was delivered.")
def drain(as_json: AsJson = False) -> None:
    """Match and store what was delivered, as every tick of `warmlist run` does."""
    from app.bootstrap import open_workspace, read_clock
    from app.hooks import drain_inbox

    counts = drain_inbox(open_workspace(), now=read_clock())
    document = {
        "read": counts.read,
        "matched": counts.matched,
        "stored": counts.stored,
        "duplicate": counts.duplicate,
        "suppressed": counts.suppressed,
    }
    if as_json:
        print_json(document)
    else:
        say(
            "%(read)s read, %(stored)s stored.",
            read=counted(counts.read, "engagement"),
            stored=counts.stored,
        )


def base_address(workspace: Workspace) -> str:
    """How people reach the pages: the public address if it is set."""
    web = workspace.settings.web
    return web.public_url.rstrip("/") or f"http://{web.host}:{web.port}"
