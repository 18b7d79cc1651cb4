"""``topic suggest``, ``yield``, ``history`` and ``restore``: the topic studio in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.console import counted, named, print_json, print_line, print_table, say, who
from app.cli.language import said
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from signals.versions import Change

TopicName = Annotated[str, typer.Argument(help="The topic's name or number.")]
By = Annotated[str | None, typer.Option(help="Who does it; the system's user if left out.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the ``topic`` group."""
    group.command("suggest", short_help="Phrases to add or to hold back.")(suggest)
    group.command("yield", short_help="What each keyword brought and cost.")(show_yield)
    group.command("history", short_help="Every version: who, when, why.")(history)
    group.command("restore", short_help="Bring an earlier version back.")(restore)


def suggest(
    name: TopicName,
    accept: Annotated[str | None, typer.Option(help="Add this suggestion to the topic.")] = None,
    dismiss: Annotated[str | None, typer.Option(help="Never suggest this phrase again.")] = None,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="Two phrases that say the same; kept for all.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why, with --pair; kept.")] = "",
    days: Annotated[float, typer.Option(min=0.1, max=365, help="From the last so many days.")] = 28,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Suggest keywords that prospects use, and exclusions from what sellers and others write."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from app.jobs import index_posts
    from app.suggestions import add_pair, decide, find_suggestion
    from app.suggestions import suggest as find_all
    from models import ArchivedPost
    from signals.catalog import edit_topic, find_topic
    from signals.studio import days_before

    workspace = open_workspace()
    index_posts(workspace)
    now = read_clock()
    if pair is not None:
        with workspace.db.write() as session:
            add_pair(session, *pair, author=who(by), now=now, reason=reason)
    with workspace.db.read() as session:
        topic = find_topic(session, name)
        found = find_all(
            session, topic, since=days_before(now, days),
            old_share=workspace.settings.collect.archive_share,
        )  # fmt: skip
        is_archiving = session.scalar(select(ArchivedPost.id).limit(1)) is not None
    for phrase, decision in ((accept, "accepted"), (dismiss, "dismissed")):
        if phrase is None:
            continue
        chosen = find_suggestion(found, phrase)
        found = [one for one in found if one is not chosen]
        with workspace.db.write() as session:
            topic = find_topic(session, name)
            decide(
                session, topic, chosen.role, chosen.phrase, decision, author=who(by), now=now,
                same_as=chosen.same_as,
            )  # fmt: skip
            if decision == "accepted":
                added = [chosen.phrase]
                edit_topic(
                    session, topic, now=now, author=who(by), reason=f"Suggested: {chosen.phrase}",
                    add_keywords=added if chosen.role == "keyword" else (),
                    add_exclusions=added if chosen.role == "exclusion" else (),
                )  # fmt: skip
    if as_json:
        print_json(
            [
                {
                    "role": one.role, "phrase": one.phrase, "why": one.why, "posts": one.posts,
                    "estimated": one.estimated,
                    "same_as": one.same_as, "form_of": one.form_of, "z": round(one.surety, 2),
                    "evidence": [h.post.text[:300] for h in one.evidence],
                }
                for one in found
            ]
        )  # fmt: skip
    elif not found:
        print_line(
            said("Nothing to suggest yet: more posts of prospects are needed.")
            if is_archiving
            else said(
                "Nothing to suggest yet: no posts that matched nothing are kept to compare with;"
                " collecting keeps some."
            )
        )
    else:
        print_table(
            ["Do", "Phrase", "Posts", "Why", "For example"],
            [
                [said("add") if one.role == "keyword" else said("hold back"), one.phrase, one.posts,
                 said("%(why)s of %(phrase)s", why=named(one.why), phrase=of)
                 if (of := one.same_as or one.form_of) else named(one.why),
                 " ".join(one.evidence[0].post.text.split())[:80]]
                for one in found
            ],
            numbers=(2,),
        )  # fmt: skip


def show_yield(
    name: TopicName,
    days: Annotated[float, typer.Option(min=1, max=3650, help="Of the last so many days.")] = 28,
    as_json: AsJson = False,
) -> None:
    """What each keyword, community and network brought and cost, and which ones to drop."""
    from dataclasses import asdict

    from app.bootstrap import open_workspace, read_clock
    from app.yields import count_yield
    from signals.catalog import find_topic
    from signals.studio import days_before

    workspace = open_workspace()
    with workspace.db.read() as session:
        topic = find_topic(session, name)
        rows = count_yield(session, topic, since=days_before(read_clock(), days))
    if as_json:
        print_json([asdict(row) | {"cost_per_prospect": row.cost_per_prospect} for row in rows])
    else:
        print_table(
            ["By", "What", "Matched", "Signals", "Prospects", "Only by it", "New", "Contacted",
             "Positive", "Not relevant", "Cost", "Requests", "A prospect", "Verdict"],
            [
                [named(row.by), row.what or said("(none)"), row.matched, row.signals,
                 row.prospects, row.only,
                 "" if row.share_new is None else f"{row.share_new:.0%}", row.contacted,
                 row.positive, row.not_relevant, f"${row.cost:.2f}", f"{row.requests:.0f}",
                 "" if row.cost_per_prospect is None else f"${row.cost_per_prospect:.2f}",
                 named(row.verdict)]
                for row in rows
            ],
            numbers=range(2, 13),
        )  # fmt: skip
        if shared := sum(row.shared for row in rows if row.by == "community"):
            say(
                "$%(shared)s was asked of whole networks: shared among communities by the posts"
                " each brought there.",
                shared=f"{shared:.2f}",
            )
        for row in rows:
            if row.verdict:
                say(
                    "%(name)s is %(verdict)s: dropping it saves $%(cost)s and %(requests)s.",
                    name=row.what,
                    verdict=named(row.verdict),
                    cost=f"{row.saves:.2f}",
                    requests=counted(round(row.saves_requests), "request"),
                )


def history(
    name: TopicName,
    compare: Annotated[
        tuple[int, int] | None,
        typer.Option(help="Two versions: what differs from one to the other."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Every version of a topic, newest first, with what it changed; or any two side by side."""
    from app.bootstrap import open_workspace
    from signals.catalog import find_topic
    from signals.versions import compare_versions, load_history

    workspace = open_workspace()
    if compare is not None:
        with workspace.db.read() as session:
            changes = compare_versions(session, find_topic(session, name), *compare)
        if as_json:
            print_json({"from": compare[0], "to": compare[1], "changes": list(map(_name, changes))})
        elif not changes:
            say("Versions %(a)s and %(b)s say the same.", a=compare[0], b=compare[1])
        for change in () if as_json else changes:
            print_line(_spell(change))
        return
    with workspace.db.read() as session:
        rows = load_history(session, find_topic(session, name))
    if as_json:
        print_json(
            [
                {
                    "version": row.number, "author": row.author, "reason": row.reason,
                    "at": row.created_at.isoformat(), "definition": row.definition,
                    "changes": list(map(_name, changes)),
                }
                for row, changes in rows
            ]
        )  # fmt: skip
    elif not rows:
        say("No version was kept yet. The next change keeps the first.")
    else:
        print_table(
            ["Version", "When", "Who", "Why", "What"],
            [
                [row.number, f"{row.created_at:%Y-%m-%d %H:%M}", row.author, row.reason,
                 "; ".join(map(_spell, changes))]
                for row, changes in rows
            ],
            numbers=(0,),
        )  # fmt: skip


def restore(
    name: TopicName,
    number: Annotated[int, typer.Argument(help="The version in `topic history`.")],
    reason: Annotated[str, typer.Option(help="Why; the team reads it in the versions.")],
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Bring an earlier version back, as a new one; the versions between stay."""
    from app.bootstrap import open_workspace, read_clock
    from app.tuning import apply_fit
    from signals.catalog import find_topic, restore_topic

    workspace = open_workspace()
    with workspace.db.write() as session:
        topic = restore_topic(
            session, find_topic(session, name), number, now=read_clock(), author=who(by),
            reason=reason,
        )  # fmt: skip
        saved = {"topic": topic.name, "version": topic.version, "restored": number}
    apply_fit(workspace)
    if as_json:
        print_json(saved)
    else:
        say(
            "Topic %(topic)s is as in version %(number)s (version %(version)s).",
            topic=saved["topic"],
            number=number,
            version=topic.version,
        )


def _name(change: Change) -> dict[str, str | None]:
    return {"field": change.field, "added": change.added, "removed": change.removed}


def _spell(change: Change) -> str:
    if change.field in {"name", "description", "active"}:
        return said(
            "%(field)s: %(before)s to %(after)s",
            field=named(change.field), before=repr(change.removed), after=repr(change.added),
        )  # fmt: skip
    phrase = change.added if change.added is not None else change.removed
    return f"{'+' if change.added is not None else '−'} {named(change.field)} {phrase}"
