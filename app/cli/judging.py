"""``topic judge``: say of sampled posts whether their authors are prospects."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.console import counted, print_json, print_table, say, who
from app.cli.workspace import AsJson


def register(group: typer.Typer) -> None:
    """Add the command to the ``topic`` group."""
    group.command("judge", short_help="Say which sampled posts are prospects'.")(judge)


def judge(
    name: Annotated[str, typer.Argument(help="The topic's name or number.")],
    yes: Annotated[list[str] | None, typer.Option(help="A prospect wrote it; repeatable.")] = None,
    no: Annotated[list[str] | None, typer.Option(help="No prospect did; repeatable.")] = None,
    show: Annotated[int, typer.Option(min=1, max=200, help="Draw so many posts.")] = 20,
    seed: Annotated[int, typer.Option(help="Another number draws other posts.")] = 0,
    days: Annotated[float, typer.Option(min=0.1, max=365, help="Of the last so many days.")] = 7,
    by: Annotated[
        str | None, typer.Option(help="Who does it; the system's user if left out.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw posts the topic hears and were not judged yet; keep what is said of some by number.

    Judgements teach the topic's scorer and sharpen what ``topic preview`` says of precision.
    """
    from app.bootstrap import open_workspace, read_clock
    from app.jobs import index_posts
    from app.studio import Studio
    from app.topic_scorers import load_topic_scorer
    from config.errors import Refused
    from prospects.judging import PostKey, judge_post
    from prospects.tuning import load_weights
    from signals.catalog import find_topic
    from signals.search import Named
    from signals.studio import load_posts
    from signals.versions import Definition

    workspace = open_workspace()
    now = read_clock()
    said = [(PostKey.read(one), 1) for one in yes or ()]
    said += [(PostKey.read(one), 0) for one in no or ()]
    for key, value in said:
        if (key, 1 - value) in said:
            raise Refused(
                "%(key)s is both --yes and --no.",
                "Say one of the two.",
                key=key,
            )
    kept = 0
    with workspace.db.write() as session:
        topic = find_topic(session, name)
        topic_id, saved = topic.id, Definition.of(topic)
        weights = load_weights(session, workspace.settings.warmth)
        for key, value in said:
            kept += judge_post(
                session, topic_id, key, value, author=who(by), now=now, weights=weights
            )
    index_posts(workspace)
    studio = Studio(workspace, lambda: load_topic_scorer(workspace))
    keys = studio.choose(topic_id, saved, days=days, now=now, most=show, seed=seed)
    with workspace.db.read() as session:
        posts = load_posts(session, [Named(key.archive_id, key.signal_id, 1) for key in keys])
    rows = [(str(PostKey(post.archive_id, post.signal_id)), post) for post in posts]
    if as_json:
        print_json(
            {
                "judged": kept,
                "posts": [
                    {"post": key, "network": post.network, "at": post.occurred_at.isoformat(),
                     "text": post.text[:2000]}
                    for key, post in rows
                ],
            }
        )  # fmt: skip
        return
    if said:
        say(
            "%(kept)s kept.",
            kept=counted(kept, "judgement"),
        )
    if not rows:
        say("Nothing left to judge.")
        return
    print_table(
        ["Post", "Network", "Text"],
        [[key, post.network, " ".join(post.text.split())[:100]] for key, post in rows],
    )
    say("Say: warmlist topic judge NAME --yes a1 --no s2")
