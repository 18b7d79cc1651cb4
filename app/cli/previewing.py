"""``topic preview``: what a change of a topic would have done, and what paid networks count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import counted, named, print_json, print_line, print_table, remark, say
from app.cli.language import said, told
from app.cli.studio import TopicName
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from app.bootstrap import Workspace
    from app.previews import Judged, Preview, Side
    from app.tallies import Asked
    from signals.estimates import Count, Estimate
    from signals.versions import Definition

Phrases = Annotated[list[str] | None, typer.Option("--keyword", help="Add it; repeatable.")]
Dropped = Annotated[list[str] | None, typer.Option("--drop-keyword", help="Remove it; repeatable.")]
Held = Annotated[list[str] | None, typer.Option("--exclude", help="Hold posts with it back.")]
Freed = Annotated[list[str] | None, typer.Option("--drop-exclude", help="Hold them no more.")]
Languages = Annotated[list[str] | None, typer.Option("--lang", help="Listen to these alone.")]
Places = Annotated[list[str] | None, typer.Option("--community", help="Listen there; repeatable.")]
Left = Annotated[
    list[str] | None, typer.Option("--drop-community", help="Listen there no more; repeatable.")
]
Homes = Annotated[
    list[str] | None, typer.Option("--place", help="Country where people live; repeatable.")
]


def register(group: typer.Typer) -> None:
    """Add the command to the ``topic`` group."""
    group.command("preview", short_help="What a change would have done.")(preview)


def preview(
    name: TopicName,
    keyword: Phrases = None,
    drop_keyword: Dropped = None,
    exclude: Held = None,
    drop_exclude: Freed = None,
    lang: Languages = None,
    community: Places = None,
    drop_community: Left = None,
    place: Homes = None,
    version: Annotated[int | None, typer.Option(help="Start from that version.")] = None,
    days: Annotated[float, typer.Option(min=0.1, max=365, help="Of the last so many days.")] = 7,
    ask: Annotated[
        bool, typer.Option("--ask", help="Ask paid networks for counts; the price comes first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Pay it without asking back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replay a change on what was kept of the last days; nothing is saved.

    Gains are known for the days that kept posts cover, and of networks whose posts may be kept.
    """
    from app.bootstrap import open_workspace, read_clock
    from app.jobs import index_posts
    from app.studio import Studio
    from app.topic_scorers import load_topic_scorer
    from prospects.place import read_places
    from signals.catalog import check_languages, find_topic, read_place
    from signals.studio import check_draft
    from signals.versions import Definition, load_version, spell_place

    workspace = open_workspace()
    with workspace.db.read() as session:
        topic = find_topic(session, name)
        base = Definition.of(topic) if version is None else load_version(session, topic, version)
    _check_known("keyword", base.keywords, drop_keyword)
    _check_known("exclusion", base.exclusions, drop_exclude)
    spelled = tuple(map(spell_place, base.communities))
    typed = [spell_place(read_place(one)) for one in drop_community or ()]
    _check_known("community", spelled, typed)
    draft = replace(
        base,
        communities=tuple(map(read_place, _change(spelled, community, typed))),
        places=tuple(read_places(place)) if place is not None else base.places,
        keywords=_change(base.keywords, keyword, drop_keyword),
        exclusions=_change(base.exclusions, exclude, drop_exclude),
        languages=tuple(check_languages(lang)) if lang is not None else base.languages,
    )
    check_draft(draft)
    index_posts(workspace)
    studio = Studio(workspace, lambda: load_topic_scorer(workspace))
    found = studio.preview(topic.id, draft, days=days, now=read_clock())
    asked = _ask(workspace, topic.id, draft, yes=yes) if ask else []
    if as_json:
        print_json(
            _document(found)
            | {"cost_is": "guess"}
            | ({"networks": [_counted(one) for one in asked]} if ask else {})
        )
        return
    print_table(
        [said("In %(n)s days", n=f"{round(found.days, 1):g}"), "Saved", "Draft", "Change"],
        [
            [said("Posts"), _about(found.saved.posts), _about(found.draft.posts),
             _moved(found.gained_posts, found.lost_posts, known=found.gains_known)],
            [said("Prospects"), _about(found.saved.prospects), _about(found.draft.prospects),
             _moved(found.gained_prospects, found.lost_prospects, known=found.gains_known)],
            *_outside(found),
            [said("Precision"), _say(found.saved.precision), _say(found.draft.precision),
             said("estimated, 90 % interval")],
            [said("A rep and working day"), _number(found.saved.per_rep_day),
             _number(found.draft.per_rep_day),
             ""
             if found.places is None
             else said("of about %(n)s places for the topic", n=f"{found.places:.1f}")],
            [said("Cost"), f"${found.saved.cost:.2f}", f"${found.draft.cost:.2f}",
             said("a guess: as if every post cost what it cost so far")],
        ],
        numbers=(1, 2),
    )  # fmt: skip
    kept = counted(found.searched, "post")
    if found.exact or not found.searched:
        say("Replayed on %(kept)s kept of these days.", kept=kept)
    else:
        say(
            "Replayed on %(kept)s kept of these days; estimated from an even sample, each person"
            " once as far as it tells.",
            kept=kept,
        )
    for line in _tell_limits(found, days):
        print_line(line)
    if not asked and _list_counting(workspace, draft):
        say("Paid networks have not counted this draft; --ask asks them, at a price.")
    for network in asked:
        print_line(_tell(network))
    for title, posts in ((said("Gained"), found.gained), (said("Lost"), found.lost)):
        for one in posts[:5]:
            print_line(f"{title}  {_number(one.prospect)}  {_shorten(one)}")


def _outside(found: Preview) -> list[list[Any]]:
    sides = (found.saved.outside, found.draft.outside)
    if sides == (None, None):
        return []
    told = ["–" if one is None else _about(one) for one in sides]
    return [[said("Of them elsewhere"), *told, said("say they live there: lists take them last")]]


def _ask(workspace: Workspace, topic_id: int, draft: Definition, *, yes: bool) -> list[Asked]:
    """What paid networks count, once the price was seen and agreed to."""
    from app.bootstrap import read_clock
    from app.tallies import ask_tallies, price_tallies

    priced = price_tallies(workspace, draft, clock=read_clock)
    price = sum(one.price for one in priced)
    if not priced:
        remark("No paid network that counts is switched on.")
        return []
    names = ", ".join(one.source for one in priced)
    if not yes and not typer.confirm(
        said("Asking %(names)s costs $%(price)s. Ask?", names=names, price=f"{price:.3f}"), err=True
    ):
        return priced
    return ask_tallies(workspace, topic_id, draft, clock=read_clock)


def _list_counting(workspace: Workspace, draft: Definition) -> list[Asked]:
    from app.bootstrap import read_clock
    from app.tallies import price_tallies

    return price_tallies(workspace, draft, clock=read_clock)


def _tell(one: Asked) -> str:
    if one.tally is None:
        return f"{one.source}: {told(one.error) if one.error else said('not asked')}."
    return said(
        "%(source)s: %(posts)s posts in %(days)s days, about $%(daily)s a day to collect; asking"
        " cost $%(money)s.",
        source=one.source, posts=one.tally.posts, days=f"{one.tally.days:g}",
        daily=f"{one.daily or 0.0:.2f}", money=f"{one.tally.cost.money:.3f}",
    )  # fmt: skip


def _tell_limits(found: Preview, days: float) -> list[str]:
    """What the replay does not know."""
    lines = [said("Posts are counted without answers to them that hold no keyword.")]
    if not found.gains_known:
        lines.append(
            said("No post that matched nothing is kept: what the change gains is not known.")
        )
    elif found.unkept:
        lines.append(
            said(
                "Nothing that matched nothing is kept of %(networks)s: what the change gains there"
                " is not known.",
                networks=", ".join(found.unkept),
            )
        )
    for network, since in found.later:
        lines.append(
            said(
                "Of %(network)s no post that matched nothing is kept yet:"
                " gains there are not known.",
                network=network,
            )
            if since is None
            else said(
                "Of %(network)s posts are kept since %(at)s only: gains there are of this time.",
                network=network,
                at=f"{since:%Y-%m-%d %H:%M}",
            )
        )
    if found.days < days - 0.05:
        lines.append(
            said(
                "Kept posts cover the last %(n)s days, so gains and losses are of these.",
                n=f"{round(found.days, 1):g}",
            )
        )
    if found.unreplayed:
        lines.append(
            said("Not replayed: %(fields)s.", fields=", ".join(map(named, found.unreplayed)))
        )
    return lines


def _moved(gained: Count, lost: Count, *, known: bool) -> str:
    if not known:
        return said("gained: not known, %(lost)s lost", lost=_about(lost))
    return said("%(gained)s gained, %(lost)s lost", gained=_about(gained), lost=_about(lost))


def _counted(one: Asked) -> dict[str, Any]:
    return {
        "source": one.source, "network": one.network, "price": one.price,
        "posts": one.tally.posts if one.tally else None, "daily": one.daily, "error": one.error,
    }  # fmt: skip


def _check_known(role: str, phrases: tuple[str, ...], dropped: list[str] | None) -> None:
    """Refuse to drop what is not there: the preview would show a change of nothing."""
    from config.errors import NotFound
    from signals.text import fold

    known = {fold(one) for one in phrases}
    for one in dropped or ():
        if fold(one) not in known:
            if role == "community":
                raise NotFound(
                    "The topic has no community %(one)s.",
                    "See: warmlist topic list",
                    one=repr(one),
                )
            raise NotFound(
                "The topic has no keyword %(one)s."
                if role == "keyword"
                else "The topic has no exclusion %(one)s.",
                "See: warmlist topic list",
                one=repr(one),
            )


def _change(
    phrases: tuple[str, ...], added: list[str] | None, dropped: list[str] | None
) -> tuple[str, ...]:
    from signals.text import fold

    gone = {fold(one) for one in dropped or ()}
    kept = tuple(one for one in phrases if fold(one) not in gone)
    known = {fold(one) for one in kept}
    return kept + tuple(one for one in added or () if fold(one) not in known)


def _document(found: Preview) -> dict[str, Any]:
    return {
        "days": round(found.days, 3), "searched": found.searched, "exact": found.exact,
        "gains_known": found.gains_known, "unkept": list(found.unkept),
        "kept_later": {
            network: since.isoformat() if since else None for network, since in found.later
        },
        "not_replayed": list(found.unreplayed), "with_answers": False,
        "saved": _side(found.saved), "draft": _side(found.draft), "places": found.places,
        "gained": {
            **_counts("posts", found.gained_posts, known=found.gains_known),
            **_counts("prospects", found.gained_prospects, known=found.gains_known),
            "samples": [_sample(one) for one in found.gained[:20]],
        },
        "lost": {
            **_counts("posts", found.lost_posts),
            **_counts("prospects", found.lost_prospects),
            "samples": [_sample(one) for one in found.lost[:20]],
        },
        "keywords": {phrase: round(count) for phrase, count in sorted(found.per_phrase.items())},
    }  # fmt: skip


def _side(side: Side) -> dict[str, Any]:
    precision = side.precision
    return {
        **_counts("posts", side.posts),
        **_counts("prospects", side.prospects),
        **({} if side.outside is None else _counts("outside", side.outside)),
        "precision": None
        if precision is None
        else {
            "value": round(precision.value, 3), "low": round(precision.low, 3),
            "high": round(precision.high, 3), "judged": precision.judged,
        },
        "per_rep_day": None if side.per_rep_day is None else round(side.per_rep_day, 2),
        "cost": round(side.cost, 2),
    }  # fmt: skip


def _sample(one: Judged) -> dict[str, Any]:
    post = one.heard.post
    return {
        "network": post.network, "at": post.occurred_at.isoformat(), "text": post.text[:500],
        "marks": [list(mark) for mark in one.heard.marks if mark[1] <= 500],
        "prospect": None if one.prospect is None else round(one.prospect, 4),
        "intent": one.intent[0].value if one.intent else None, "signal": post.signal_id,
    }  # fmt: skip


def _counts(name: str, count: Count, *, known: bool = True) -> dict[str, Any]:
    if not known:
        return {name: None, f"{name}_90": None}
    return {name: round(count.value), f"{name}_90": [round(count.low), round(count.high)]}


def _about(count: Count) -> str:
    """A count; an estimated one with its 90 % interval."""
    if count.exact:
        return f"{count.value:.0f}"
    return said(
        "%(value)s (%(low)s to %(high)s)",
        value=f"{count.value:.0f}", low=f"{count.low:.0f}", high=f"{count.high:.0f}",
    )  # fmt: skip


def _say(estimate: Estimate | None) -> str:
    if estimate is None:
        return said("not known")
    return said(
        "%(value)s (%(low)s to %(high)s)",
        value=f"{estimate.value:.2f}", low=f"{estimate.low:.2f}", high=f"{estimate.high:.2f}",
    )  # fmt: skip


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


def _shorten(one: Judged) -> str:
    text = " ".join(one.heard.post.text.split())
    return text if len(text) <= 120 else text[:119] + "…"
