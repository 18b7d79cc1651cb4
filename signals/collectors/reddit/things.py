"""Reddit submissions and comments, as in dumps and in the API's t1 and t3 objects. Pure mapping."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Final

import msgspec

from signals.collectors.contract import Author, Engagement, Flag, Kind, Malformed, Ref

NETWORK: Final = "reddit"
SITE: Final = "https://www.reddit.com"
#: How much of a malformed object is kept for inspection, in bytes.
KEPT_PAYLOAD: Final = 2_000

#: What stands where an author or a text was: "[deleted]" by the user, "[removed]" by a moderator.
#: Dumps also say "[ Removed by Reddit ]" in words that change.
_GONE: Final = frozenset({"[deleted]", "[removed]", "[deleted by user]"})
_REMOVED_BY: Final = "[ Removed by "
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FLAGS: Final[Mapping[tuple[bool, bool], frozenset[Flag]]] = {
    (False, False): frozenset(),
    (True, False): frozenset({Flag.BOT}),
    (False, True): frozenset({Flag.SENSITIVE}),
    (True, True): frozenset({Flag.BOT, Flag.SENSITIVE}),
}


class _Thing(msgspec.Struct, gc=False):
    """The fields wanted of either kind. A comment is what has a body, a submission has a title."""

    id: str | None = None
    name: str | None = None
    author: str | msgspec.UnsetType | None = msgspec.UNSET
    author_fullname: str | None = None
    created_utc: float | str | None = None
    title: str | None = None
    selftext: str | None = None
    body: str | None = None
    subreddit: str | None = None
    permalink: str | None = None
    link_id: str | None = None
    parent_id: str | int | None = None  # some dumps hold numbers for the oldest comments
    crosspost_parent: str | None = None
    score: float | None = None
    score_hidden: bool | None = None
    num_comments: float | None = None
    edited: float | bool | str | None = None
    over_18: bool | None = None


class _Child(msgspec.Struct, gc=False):
    data: _Thing | None = None


_UNREADABLE: Final = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError, TypeError)
_thing = msgspec.json.Decoder(_Thing).decode
_child = msgspec.json.Decoder(_Child).decode


def decode_reddit(line: bytes) -> Engagement | Ref:
    """One line of a dump, or one child of a listing, as ``to_engagement`` maps it.

    Raises ``Malformed``.
    """
    try:
        thing = _thing(line)
        if thing.id is None and thing.name is None:
            thing = _child(line).data or thing
        return _map(thing)
    except Malformed as error:
        raise _malformed(error.reason, line) from None
    except _UNREADABLE as error:
        raise _malformed(str(error), line) from None


def to_engagement(payload: Mapping[str, object]) -> Engagement | Ref:
    """A submission as a POST, a comment as a COMMENT, or a ``Ref`` to what is gone.

    Gone is what has no author any more ("[deleted]" or null) or whose words were removed: nobody is
    left to contact, and a copy stored earlier must go too. ``parent_external_id`` is the submission
    of a comment, ``target_external_id`` what it answers; a crosspost targets its original. Text is
    unescaped (``&amp; &lt; &gt;``, which is all Reddit escapes, and only without ``raw_json``).
    Raises ``Malformed`` for anything else.
    """
    try:
        if not isinstance(payload, Mapping):
            raise Malformed("not an object")
        thing = msgspec.convert(payload, _Thing)
        if thing.id is None and thing.name is None:
            thing = msgspec.convert(payload, _Child).data or thing
        return _map(thing)
    except Malformed as error:
        raise _malformed(error.reason, repr(payload).encode("utf-8", "replace")) from None
    except _UNREADABLE as error:
        raise _malformed(str(error), repr(payload).encode("utf-8", "replace")) from None


def _map(thing: _Thing) -> Engagement | Ref:
    body = thing.body
    is_comment = body is not None
    words = body if is_comment else thing.title
    if words is None:
        raise Malformed("neither a submission nor a comment")
    fullname = _fullname(thing, "t1_" if is_comment else "t3_")
    kind = Kind.COMMENT if is_comment else Kind.POST
    name = thing.author
    if name is msgspec.UNSET:  # not the same as null: nothing says that anybody is gone
        raise Malformed("it has no author field")
    if not name or name in _GONE or _is_gone(words) or _is_gone(thing.selftext):
        return Ref(NETWORK, kind, fullname)
    if not is_comment and thing.selftext:
        words = f"{words}\n\n{thing.selftext}"
    parent = thing.parent_id
    edited = thing.edited
    # ``True`` is how the oldest edits are marked: that it was edited, but not when.
    edited_at = None if edited is None or isinstance(edited, bool) else _instant(edited)
    return Engagement(
        network=NETWORK,
        external_id=fullname,
        kind=kind,
        author=Author(
            external_id=thing.author_fullname or f"name:{name}",
            handle=name,
            url=f"{SITE}/user/{name}",
        ),
        text=_unescape(words),
        url=_url(thing, fullname, kind),
        occurred_at=_instant(thing.created_utc),
        target_external_id=(parent if isinstance(parent, str) else thing.link_id)
        if is_comment
        else thing.crosspost_parent,
        parent_external_id=thing.link_id if is_comment else None,
        community=_community(thing.subreddit),
        edited_at=edited_at,
        metrics=_metrics(thing, kind),
        flags=_FLAGS[name == "AutoModerator", thing.over_18 is True],
    )


def _fullname(thing: _Thing, prefix: str) -> str:
    name = thing.name
    if name is not None:
        if not name.startswith(prefix):  # t4_ is a private message, t5_ a community
            raise Malformed(f"{name[:20]} is something else")
        return name
    if not thing.id:
        raise Malformed("it has no id")
    return thing.id if thing.id.startswith(prefix) else prefix + thing.id


def _is_gone(text: str | None) -> bool:
    return text is not None and text[:1] == "[" and (text in _GONE or text.startswith(_REMOVED_BY))


def _unescape(text: str) -> str:
    if "&" not in text:
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _instant(seconds: float | str | None) -> datetime:
    if seconds is None:
        raise Malformed("it has no created_utc")
    moment = float(seconds)
    if not 0 < moment < 253_402_300_800:  # the year 10000; not-a-number fails too
        raise Malformed(f"created_utc {seconds} cannot be")
    return _EPOCH + timedelta(seconds=moment)


def _community(subreddit: str | None) -> str | None:
    if not subreddit:
        return None
    # A profile is a community too: u_name is written u/name.
    return f"u/{subreddit[2:]}" if subreddit.startswith("u_") else f"r/{subreddit}"


def _url(thing: _Thing, fullname: str, kind: Kind) -> str | None:
    """The page on Reddit; built from ids where a dump has no permalink of its own."""
    permalink = thing.permalink
    if permalink is not None and permalink.startswith("/"):
        return SITE + permalink
    if kind is Kind.POST:
        return f"{SITE}/comments/{fullname[3:]}/"
    if thing.link_id is None:
        return None
    return f"{SITE}/comments/{thing.link_id.removeprefix('t3_')}/_/{fullname[3:]}/"


def _metrics(thing: _Thing, kind: Kind) -> Mapping[str, int | None]:
    score = None if thing.score is None or thing.score_hidden else int(thing.score)
    if kind is Kind.COMMENT:
        return MappingProxyType({"score": score})
    comments = None if thing.num_comments is None else int(thing.num_comments)
    return MappingProxyType({"score": score, "comments": comments})


def _malformed(reason: str, payload: bytes) -> Malformed:
    return Malformed(
        f"not a Reddit submission or comment: {reason}",
        payload[:KEPT_PAYLOAD].decode("utf-8", "replace"),
    )
