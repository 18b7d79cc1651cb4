"""One topic as a page: its draft, what that would change, suggestions and versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from litestar import Response
from sqlalchemy.orm import Session

from app.previews import Preview
from app.suggestions import Suggestion
from app.tallies import Asked
from app.web.drafts import Draft, choose_samples, list_chips
from app.web.given import Clock
from app.web.hearing import count_heard, load_newest
from app.web.pages import PageRequest, read_wording, render
from app.web.reps import find_reader
from app.web.topic_words import (
    LANGUAGES,
    Mistake,
    explain_topic,
    name_fields,
    name_grounds,
    name_intents,
    tell_limits,
    tell_span,
)
from config.errors import NotFound
from models import Rep, Topic
from prospects.place import list_countries
from quotas.attainment import calendar_of
from signals.quoting import choose_passage
from signals.versions import Change, Definition, compare, load_history


@dataclass(frozen=True, slots=True)
class Between:
    """Two versions side by side: what makes the second of the first."""

    first: int
    second: int
    changes: tuple[Change, ...]


def find_topic(session: Session, topic_id: int) -> Topic:
    """The topic of that row; a page of one that is gone is not found."""
    topic = session.get(Topic, topic_id)
    if topic is None:
        raise NotFound("There is no such topic.")
    return topic


def zone_of(rep: Rep | None) -> tzinfo:
    """The reader's time zone."""
    return calendar_of(rep.team).zone if rep else UTC


def render_topic(
    request: PageRequest,
    session: Session,
    topic: Topic,
    clock: Clock,
    draft: Draft,
    *,
    status: int = 200,
    preview: Preview | None = None,
    suggested: list[Suggestion] | None = None,
    reason: str = "",
    asked: Sequence[Asked] = (),
    pair: tuple[str, str] = ("", ""),
    between: Between | None = None,
) -> Response[str]:
    """The page of one topic.

    ``reason``: what was typed as one before. ``asked``: paid networks that count, asked or priced.
    """
    now = clock()
    # a key pressed in the draft changes these alone: the rest is neither read nor drawn nor sent
    only_results = request.headers.get("hx-target", "").endswith("#results")
    rep = find_reader(request, session)
    wording = read_wording(request)
    heard = count_heard(session, topic.id, now)
    saved = Definition.of(topic)
    changes = compare(saved, draft.definition)
    counts: dict[str, float] = {}
    for keyword in topic.keywords:
        if keyword.role == "keyword":
            counts[keyword.folded] = heard.per_keyword.get(keyword.id, 0)
    if preview is not None:
        counts = preview.per_phrase | counts
    said = explain_topic(wording, draft.error) if draft.error else ""
    context = {
        "page": "topics",
        "only_results": only_results,
        "rep": rep,
        "topic": topic,
        "heard": heard,
        "reason": reason,
        "pair": pair,
        "between": between,
        "asked": asked,
        "newest": [] if preview else load_newest(session, topic.id),
        "chips": list_chips(saved, draft.definition, counts),
        "parts_of_draft": draft.held(),
        "query_of_draft": draft.address(),
        "changes": changes,
        "preview": preview,
        "sampled": preview is not None
        and not (
            preview.saved.posts.exact and preview.gained_posts.exact and preview.lost_posts.exact
        ),
        "limits": tell_limits(wording, preview, now) if preview else [],
        "span_words": tell_span(wording, preview.days) if preview else "",
        "suggested": suggested,
        "quoted": {
            one.phrase: [choose_passage(h.post.text, h.marks, limit=160) for h in one.evidence[:2]]
            for one in suggested or ()
        },
        "gained": choose_samples(preview.gained) if preview else [],
        "lost": choose_samples(preview.lost) if preview else [],
        "history": [] if only_results else load_history(session, topic),
        "change_words": name_fields(wording),
        "suggestion_words": name_grounds(wording),
        "intent_words": name_intents(wording),
        "mistake": Mistake(draft.about, said, {draft.about: draft.typed}),
        "offered": [code for code in LANGUAGES if code not in draft.definition.languages],
        "countries": []
        if only_results
        else sorted(set(list_countries()) - {*draft.definition.places}, key=wording.country),
        "now": now,
        "zone": zone_of(rep),
    }
    return render(request, "topic.html", context, status=status)
