"""``score``, ``lists build``, ``list show``."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.console import counted, named, print_json, print_line, print_table, progress, say
from app.cli.language import said, told, wording
from app.cli.words import SHORTFALLS, SOURCES
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from quotas.lists import ListedItem

many = typer.Typer(help="All lists of a day.", no_args_is_help=True, rich_markup_mode=None)
one = typer.Typer(help="One rep's list.", no_args_is_help=True, rich_markup_mode=None)

Day = Annotated[
    str | None, typer.Option("--date", help="YYYY-MM-DD; the team's today if left out.")
]


def register(app: typer.Typer) -> None:
    """Add the commands and groups."""
    app.command("score")(score)
    app.add_typer(many, name="lists")
    app.add_typer(one, name="list")


def read_day(text: str | None) -> date | None:
    """A calendar date from the command line."""
    from datetime import date

    from config.errors import Refused

    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(
            "%(given)s is not a date.",
            "Write it as 2026-11-25.",
            2,
            given=repr(text),
        ) from error


def score(as_json: AsJson = False) -> None:
    """Score every signal that waits for it."""
    from app.bootstrap import open_workspace, read_clock
    from app.jobs import score_pending
    from app.topic_scorers import load_topic_scorer

    workspace = open_workspace()
    scorer = load_topic_scorer(workspace)
    with progress(said("Scoring")) as advance:
        done = 0

        def add(count: int) -> None:
            nonlocal done
            done += count
            advance(done, None)

        total = score_pending(workspace, scorer, clock=read_clock, advance=add)
    if as_json:
        print_json({"scored": total, "scorer": scorer.version})
    else:
        say(
            "%(total)s scored by %(version)s.",
            total=counted(total, "signal"),
            version=scorer.version,
        )


@many.command("build", short_help="Build every team's lists of a day.")
def build(
    date: Day = None,
    seed: Annotated[int, typer.Option(help="Breaks ties between equal prospects.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Build every team's lists of a day, as of that day; repeating it changes nothing."""
    from app.bootstrap import open_workspace, read_clock
    from app.jobs import build_all_lists
    from config.errors import Refused

    workspace = open_workspace()
    builds = build_all_lists(workspace, on=read_day(date), now=read_clock(), seed=seed)
    if not builds:
        raise Refused("There is no team to build lists for.", "Run: warmlist team add NAME")
    rows = [
        {
            "team": team.team,
            "rep": built.rep,
            "date": team.on.isoformat(),
            "wanted": built.wanted,
            "held": built.held,
            "assigned": built.assigned,
            "shortfall": built.shortfall,
            "reason": built.reason,
            "hash": built.content_hash,
        }
        for team in builds
        for built in team.lists
    ]
    if as_json:
        print_json({"lists": rows})
        return
    if not rows:
        say("No rep has a quota. Run: warmlist rep add NAME --team TEAM --quota 50")
        return
    print_table(
        ["Team", "Rep", "Date", "Wanted", "Held", "New", "Unfilled", "Why"],
        [
            [r["team"], r["rep"], r["date"], r["wanted"], r["held"], r["assigned"],
             r["shortfall"] or "", said(SHORTFALLS.get(str(r["reason"]), ""))]
            for r in rows
        ],
        numbers=(3, 4, 5, 6),
    )  # fmt: skip


@many.command("replay", short_help="Make a past list again and compare.")
def replay(
    date: Annotated[str, typer.Argument(help="The list's day, YYYY-MM-DD.")],
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    why: Annotated[
        str | None, typer.Option(help="Explain one person: a handle as the list shows it.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make a past list again from what was kept, and say whether it comes out the same.

    With --why: why somebody was on it, why not, and what would change it.
    """
    from app.bootstrap import open_workspace
    from quotas.replay import replay_list
    from quotas.staff import find_rep
    from quotas.why import explain_choice

    workspace = open_workspace()
    on = read_day(date)
    assert on is not None  # an argument, never left out
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        if why is not None:
            answer = explain_choice(session, found, on, why, settings=workspace.settings.lists)
            if as_json:
                print_json(asdict(answer))
                return
            if answer.listed:
                say(
                    "%(account)s was on the list of %(name)s on %(on)s.",
                    account=answer.account, name=found.name, on=on,
                )  # fmt: skip
            else:
                say(
                    "%(account)s was not on the list of %(name)s on %(on)s.",
                    account=answer.account, name=found.name, on=on,
                )  # fmt: skip
            for line in answer.because:
                print_line(f"  {told(line)}")
            say("What would change it:")
            for line in answer.would_change:
                print_line(f"  {told(line)}")
            return
        again = replay_list(session, found, on)
    if as_json:
        print_json(
            {
                "rep": again.rep, "date": on.isoformat(), "equal": again.equal,
                "hash": again.recorded_hash, "rebuilt": again.rebuilt_hash,
                "decided_alike": again.decided_alike, "faults": list(again.faults),
                "changes": list(again.changes), "items": len(again.items),
                "topic_versions": again.topic_versions,
            }
        )  # fmt: skip
        return
    say(
        "%(rep)s, %(on)s: %(items)s, %(same)s (%(recorded_hash)s, made again %(rebuilt_hash)s).",
        rep=again.rep,
        on=on,
        items=counted(len(again.items), "prospect"),
        same=said("the same list byte for byte") if again.equal else said("not the same list"),
        recorded_hash=again.recorded_hash[:12],
        rebuilt_hash=again.rebuilt_hash[:12],
    )
    print_line(
        said("Deciding anew gives the same people.")
        if again.decided_alike
        else said("Deciding anew gives other people: this is a fault, please report it.")
    )
    _print_versions(again.topic_versions)
    for line in (*again.faults, *again.changes):
        print_line(f"  {line}")


@one.command("more", short_help="Ask for people on top of a list that is done.")
def more(
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    count: Annotated[
        int | None, typer.Option(min=1, help="How many; lists.more_step if left out.")
    ] = None,
    key: Annotated[
        str | None, typer.Option(help="Repeating a command with the same key asks once.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask for more people on today's list once it is done; they count like the others."""
    import uuid

    from app.bootstrap import open_workspace, read_clock
    from quotas.more import ask_for_more
    from quotas.staff import find_rep

    workspace = open_workspace()
    with workspace.db.write() as session:
        found = find_rep(session, rep)
        row = ask_for_more(
            session, found, idempotency_key=key or f"cli:{uuid.uuid4()}", count=count,
            now=read_clock(), settings=workspace.settings.lists,
        )  # fmt: skip
        document = {"rep": found.name, "date": row.listed_on.isoformat(), "more": row.count}
    if as_json:
        print_json(document)
    else:
        say(
            "%(rep)s, %(date)s: %(more)s more to contact.",
            rep=document["rep"],
            date=document["date"],
            more=document["more"],
        )


@one.command("show")
def show(
    rep: Annotated[str, typer.Option(help="The rep's name or number.")],
    date: Day = None,
    as_json: AsJson = False,
) -> None:
    """Show a rep's list with quotes and reasons."""
    from app.bootstrap import open_workspace, read_clock
    from app.cli.leaving import export_list
    from quotas.attainment import calendar_of
    from quotas.lists import load_list
    from quotas.staff import find_rep

    workspace = open_workspace()
    now = read_clock()
    with workspace.db.read() as session:
        found = find_rep(session, rep)
        on = read_day(date) or calendar_of(found.team).today(now)
        day_list = load_list(session, found, on, now=now)
    if as_json:
        print_json(export_list(workspace, day_list, now=now))
        return
    if day_list.built is None and not day_list.items:
        say(
            "No list was built for %(name)s on %(on)s. Run: warmlist lists build",
            name=found.name,
            on=on,
        )
        return
    missing = day_list.built.shortfall if day_list.built else 0
    print_line(
        said(
            "%(rep)s, %(on)s: %(n)s to contact",
            rep=found.name,
            on=on,
            n=len(day_list.open_items),
        )
        + (
            said(", %(places)s could not be filled", places=counted(missing, "place"))
            if missing
            else ""
        )
        + (
            said(" (weights %(version)s)", version=day_list.weights)
            if day_list.weights is not None
            else ""
        )
    )
    _print_versions(day_list.topic_versions)
    for item in day_list.items:
        _print_item(item, day_list.topic_versions.get(item.topic))


def _print_versions(versions: Mapping[str, int]) -> None:
    if versions:
        listed = ", ".join(f"{name} {number}" for name, number in versions.items())
        say("Versions of topics: %(named)s", named=listed)


def _print_item(item: ListedItem, version: int | None) -> None:
    state = item.touch.disposition if item.touch else item.state
    head = f"#{item.assignment_id}  {item.warmth:.2f}  {item.handle}  {item.network}, {item.topic}"
    if SOURCES[item.source]:
        head += "  " + said(SOURCES[item.source])
    if item.topic_version not in {version, None}:  # carried over from a day before
        head += "  " + said("(listed by version %(number)s)", number=item.topic_version)
    print_line("")
    print_line(head if state == "open" else f"{head}  [{named(state)}]")
    quote = " ".join(item.passage.text.split())
    before, after = ("…" * item.passage.cut_before, "…" * item.passage.cut_after)
    if quote:
        print_line(f"    “{before}{quote}{after}”")
    for reason in item.reasons:
        print_line(f"    {reason.hundredths / 100:+.2f}  {wording().reason_text(reason.code)}")
    if item.url:
        print_line(f"    {item.url}")


def reason_text(code: str) -> str:
    """A reason's code in English words."""
    from app.wording import Wording

    return Wording("en").reason_text(code)
