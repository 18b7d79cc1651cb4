"""Judging sampled posts of a topic, one after the other, by keys or by plain forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Controller, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from app.access.who import MANAGERS
from app.web.door import require_who
from app.web.drafts import FIELDS, parts_of, read_draft
from app.web.given import Form, GivenClock, GivenStudio, GivenWorkspace
from app.web.pages import PageRequest, read_field, read_number, read_wording, render
from app.web.reps import find_reader
from app.web.topic_page import find_topic, zone_of
from app.web.topic_studio import REPLAYED_DAYS
from config.errors import Refused
from prospects.judging import PostKey, judge_post, judgements
from prospects.tuning import load_weights
from signals.quoting import Passage, choose_passage
from signals.search import Named
from signals.studio import Heard, StoredPost, load_posts, mark_posts
from signals.versions import Definition

#: Posts that are sampled at a time.
SAMPLED: Final = 20


@dataclass(frozen=True, slots=True)
class Turn:
    """One sampled post: what was said of it, ``None`` if nothing yet; no post if it is gone."""

    key: PostKey
    post: StoredPost | None
    passage: Passage | None
    value: int | None


class JudgingPages(Controller):
    """Twenty posts of a topic and what a manager says of each."""

    path = "/topics/{topic_id:int}/judge"
    opt = {"allow": MANAGERS}  # noqa: RUF012 - Litestar declares it on the instance

    @get(sync_to_thread=True)
    def show(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        topic_id: FromPath[int],
        studio: GivenStudio,
    ) -> Response[str] | Redirect:
        """The post whose turn it is; without posts in the address twenty are drawn."""
        given = {name: request.query_params.getall(name, []) for name in request.query_params}
        with workspace.db.read() as session:
            saved = Definition.of(find_topic(session, topic_id))
        definition = read_draft(saved, given).definition
        now = clock()
        if "post" not in given:
            seed = read_number(request.query_params.get("seed")) or int(now.timestamp())
            keys = studio.choose(
                topic_id, definition, days=REPLAYED_DAYS, now=now, most=SAMPLED, seed=seed
            )
            if keys:
                chosen = [(k, v) for k in ("lang", "digits") for v in given.get(k, ())]
                to = _address(topic_id, given, keys, 0)
                return Redirect(f"{to}&{urlencode(chosen)}" if chosen else to, status_code=303)
        keys = _read_keys(given.get("post", ()))
        at = min(len(keys), read_number(request.query_params.get("at")) or 0)
        preview = studio.preview(topic_id, definition, days=REPLAYED_DAYS, now=now)
        with workspace.db.read() as session:
            topic = find_topic(session, topic_id)
            said = judgements(session, topic_id, keys)
            found = load_posts(session, [Named(k.archive_id, k.signal_id, 1) for k in keys])
            marked = {
                PostKey(one.post.archive_id, one.post.signal_id): one
                for one in mark_posts(found, definition)
            }
            rep = find_reader(request, session)
            context = {
                "page": "topics",
                "rep": rep,
                "topic": topic,
                "turns": [_turn(key, marked.get(key), said.get(key)) for key in keys],
                "at": at,
                "judged": len(said),
                "preview": preview,
                "is_draft": "draft" in given,
                "parts_of_draft": parts_of(definition) if "draft" in given else {},
                "turn_address": lambda to: _address(topic_id, given, keys, to),
                "back": f"/topics/{topic_id}?" + urlencode(_held(given)),
                "now": now,
                "zone": zone_of(rep),
            }
            return render(request, "topic-judge.html", context)

    @post(sync_to_thread=True)
    def judge(
        self,
        request: PageRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        data: Form,
        topic_id: FromPath[int],
    ) -> Redirect:
        """Keep what is said of one post and go on to the next."""
        given = {k: value if isinstance(value, list) else [value] for k, value in data.items()}
        keys = _read_keys(given.get("post", ()))
        at = read_number(read_field(data, "at")) or 0
        said = {"yes": 1, "no": 0}.get(read_field(data, "do"))
        if said is None or at >= len(keys):
            raise Refused(
                read_wording(request).gettext("Say of which post, and whether it is a prospect's.")
            )
        with workspace.db.write() as session:
            find_topic(session, topic_id)
            judge_post(
                session, topic_id, keys[at], said, author=require_who(request).name, now=clock(),
                weights=load_weights(session, workspace.settings.warmth),
            )  # fmt: skip
        return Redirect(_address(topic_id, given, keys, at + 1), status_code=303)


def _read_keys(written: Any) -> list[PostKey]:
    return list(dict.fromkeys(PostKey.read(one) for one in list(written)[:SAMPLED]))


def _held(given: dict[str, list[str]]) -> list[tuple[str, str]]:
    """The draft that is carried along."""
    if not given.get("draft"):
        return []
    names = [f"{done}{name}" for name in FIELDS for done in ("", "add_", "drop_")]
    return [("draft", "1"), *((name, value) for name in names for value in given.get(name, ()))]


def _address(topic_id: int, given: dict[str, list[str]], keys: list[PostKey], at: int) -> str:
    query = [*_held(given), *(("post", str(key)) for key in keys), ("at", str(at))]
    return f"/topics/{topic_id}/judge?{urlencode(query)}"


def _turn(key: PostKey, heard: Heard | None, value: int | None) -> Turn:
    if heard is None:
        return Turn(key, None, None, value)
    passage = choose_passage(heard.post.text, heard.marks, limit=600)
    return Turn(key, heard.post, passage, value)
