"""``why``: how warm somebody is and why, term by term, with what keeps it from being more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.console import print_json, print_line, say
from app.cli.language import said, wording
from app.cli.workspace import AsJson

if TYPE_CHECKING:
    from app.wording import Wording
    from prospects.ranking import RankedProspect


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("why", short_help="Explain how warm somebody is.")(why)


def why(
    handle: Annotated[str, typer.Argument(help="The account's handle, with or without @.")],
    network: Annotated[
        str | None, typer.Option(help="Its network, where several have the handle.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Explain somebody's warmth, fit and identity, topic by topic, as they stand now."""
    from sqlalchemy import select

    from app.bootstrap import open_workspace, read_clock
    from app.cli.identity import find_account
    from app.wording import Wording
    from models import Topic
    from prospects.ranking import explain_person

    workspace = open_workspace()
    with workspace.db.read() as session:
        account = find_account(session, handle, network)
        found = explain_person(
            session, account.person_id, as_of=read_clock(), settings=workspace.settings.lists
        )
        names = dict(session.execute(select(Topic.id, Topic.name)).all())
    words = Wording("en") if as_json else wording()
    if as_json:
        print_json([_document(one, names[one.topic_id], words) for one in found])
        return
    if not found:
        say(
            "%(handle)s is no prospect for any topic now.",
            handle=account.handle,
        )
    for one in found:
        _print(one, names[one.topic_id], words)


def _print(one: RankedProspect, topic: str, words: Wording) -> None:
    fit = ", ".join(words.fit(code) for code in one.fit_reasons)
    say(
        "%(topic)s: warmth %(engagement)s, fit %(fit)s (%(fit2)s)",
        topic=topic,
        engagement=f"{one.engagement:.2f}",
        fit=f"{one.fit:.2f}",
        fit2=fit,
    )
    for reason in one.warmth.reasons:
        shares = reason.factors
        parts = (
            "  "
            + said(
                "need %(need)s x topic %(topic)s x identity %(identity)s x repeat %(repeat)s",
                need=f"{shares.intent:.2f}",
                topic=f"{shares.relevance:.2f}",
                identity=f"{shares.identity:.2f}",
                repeat=f"{shares.repeat:.2f}",
            )
            if shares
            else ""
        )
        print_line(f"  {reason.points:+.2f}  {words.reason_text(reason.code)}{parts}")
    if one.missing is not None:
        gain = one.missing.hundredths / 100
        say(
            "  Why not higher: %(missing)s (%(gain)s without that)",
            missing=words.missing(one.missing.code),
            gain=f"{gain:+.2f}",
        )
    chance = said("not yet calibrated")
    if one.positive is not None and one.positive_interval is not None:
        low, high = one.positive_interval
        chance = said(
            "%(value)s (%(low)s to %(high)s)",
            value=f"{one.positive:.0%}", low=f"{low:.0%}", high=f"{high:.0%}",
        )  # fmt: skip
    say(
        "  Chance of a positive outcome: %(chance)s",
        chance=chance,
    )


def _document(one: RankedProspect, topic: str, words: Wording) -> dict[str, Any]:
    missing = one.missing
    return {
        "topic": topic,
        "person": one.person_id,
        "warmth": one.engagement,
        "reasons": [
            {
                "points": reason.points,
                "text": words.reason_text(reason.code),
                "signals": list(reason.signal_ids) or [reason.signal_id],
                "signal": reason.signal_id,
                "factors": None
                if reason.factors is None
                else {
                    "intent": reason.factors.intent,
                    "relevance": reason.factors.relevance,
                    "identity": reason.factors.identity,
                    "repeat": reason.factors.repeat,
                },
            }
            for reason in one.warmth.reasons
        ],
        "missing": missing
        and {
            "code": missing.code,
            "text": words.missing(missing.code),
            "points": missing.hundredths / 100,
        },
        "fit": one.fit,
        "fit_reasons": [words.fit(code) for code in one.fit_reasons],
        "identity": one.identity,
        "place": one.place,
        "positive": one.positive,
        "positive_interval": one.positive_interval,
    }
