"""``spend``: what collecting cost, by day, network, topic or keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import check_choice, counted, print_json, print_table, say
from app.cli.language import said
from app.cli.words import HEADS
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from signals.spending import Spent

_BY = ("day", "network", "topic", "keyword")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("spend", short_help="Show what collecting cost.")(spend)


def spend(
    days: Annotated[
        int, typer.Option(min=1, max=3650, help="So many days (UTC), today included.")
    ] = 30,
    by: Annotated[str, typer.Option(help="day, network, topic or keyword.")] = "day",
    as_json: AsJson = False,
) -> None:
    """Show what collecting cost: requests, items that are paid for, and US dollars.

    A request asked for several keywords is shared out among them in equal parts.
    """
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from models import Topic
    from signals.spending import day_of, list_spent

    check_choice("--by", by, _BY)
    workspace = open_workspace()
    until = day_of(read_clock())
    since = until - timedelta(days=days - 1)
    with workspace.db.read() as session:
        spent = list_spent(session, since=since)
        topics = {row.id: row.name for row in session.execute(select(Topic.id, Topic.name))}
    rows = _sum_up(spent, _KEYS[by], topics)
    total = {
        "requests": _whole(sum(one.requests for one in spent)),
        "resources": _whole(sum(one.resources for one in spent)),
        "money": round(sum(one.money for one in spent), 6),
    }
    if as_json:
        print_json(
            {"since": since.isoformat(), "until": until.isoformat(), "by": by, "currency": "USD",
             "rows": rows, "total": total}
        )  # fmt: skip
        return
    if not rows:
        say(
            "Nothing was asked of any network in %(days)s.",
            days=counted(days, "day"),
        )
        return
    names = [name for name in rows[0] if name not in total]
    print_table(
        [*(HEADS[name] for name in names), "Requests", "Paid items", "$"],
        [
            [*(_shown(name, one[name]) for name in names), *_figures(one)]
            for one in (*rows, dict.fromkeys(names[1:], "") | {names[0]: said("all")} | total)
        ],
        numbers=range(len(names), len(names) + 3),
    )


_Key = Callable[["Spent", dict[int, str]], dict[str, str | None]]
_KEYS: dict[str, _Key] = {
    "day": lambda one, _: {"day": one.spent_on.isoformat()},
    "network": lambda one, _: {"network": one.network},
    "topic": lambda one, topics: {"topic": _topic(one, topics)},
    "keyword": lambda one, topics: {"topic": _topic(one, topics), "keyword": one.keyword},
}


def _topic(one: Spent, topics: dict[int, str]) -> str | None:
    """Its name; ``None`` where one request served every topic."""
    return None if one.topic_id is None else topics.get(one.topic_id, f"#{one.topic_id}")


def _sum_up(spent: Iterable[Spent], key: _Key, topics: dict[int, str]) -> list[dict[str, Any]]:
    """One row for each key: days newest first, anything else the dearest first."""
    rows: dict[tuple[str | None, ...], dict[str, Any]] = {}
    for one in spent:
        named = key(one, topics)
        row = rows.setdefault(
            tuple(named.values()), named | {"requests": 0.0, "resources": 0.0, "money": 0.0}
        )
        row["requests"] += one.requests
        row["resources"] += one.resources
        row["money"] += one.money
    for row in rows.values():
        row["requests"], row["resources"] = _whole(row["requests"]), _whole(row["resources"])
        row["money"] = round(row["money"], 6)
    found = list(rows.values())
    if found and "day" in found[0]:
        return found
    return sorted(found, key=lambda row: (-row["money"], -row["requests"]))


def _whole(value: float) -> float | int:
    """Without the dust that summing up shares leaves behind."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _shown(name: str, value: str | None) -> str:
    if value is not None:
        return value
    return said("every topic") if name == "topic" else said("no keyword")


def _figures(row: dict[str, Any]) -> list[str]:
    return [f"{row['requests']:,}", f"{row['resources']:,}", f"{row['money']:,.3f}"]
