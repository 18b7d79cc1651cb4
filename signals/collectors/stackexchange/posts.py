"""Questions, answers and comments of Stack Exchange as engagements. Pure mapping.

What people write there is under CC BY-SA: ``url`` is the attribution and must stay with the words.
Source: api.stackexchange.com/docs, types; NETWORKS.md section 1.7.
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from signals.collectors.contract import Author, Engagement, Kind, Malformed, Ref
from signals.collectors.instants import read_unix
from signals.collectors.markup import to_text

NETWORK: Final = "stackexchange"
#: How much of a malformed item is kept for inspection, in characters.
KEPT_PAYLOAD: Final = 2_000
#: Sites with a domain of their own that does not end in .com.
_OWN_DOMAINS: Final = frozenset({"mathoverflow.net", "stackapps.com"})


def site_of(address: str) -> str:
    """The API's name of a site: ``money`` for money.stackexchange.com or a link into it."""
    host = (urlsplit(address).hostname or address).lower().removeprefix("www.")
    if host in _OWN_DOMAINS:
        return host if host.endswith(".net") else host.removesuffix(".com")
    return host.removesuffix(".com").removesuffix(".stackexchange")


def host_of(site: str) -> str:
    """The address of a site by its API name."""
    own = {"stackoverflow", "serverfault", "superuser", "askubuntu", "stackapps"}
    if "." in site and site.endswith(".net"):
        return site
    return f"{site}.com" if site.rpartition(".")[2] in own else f"{site}.stackexchange.com"


def to_engagement(item: object, *, site: str | None = None) -> Engagement | Ref:
    """A question as a POST, an answer or a comment as a COMMENT, or a ``Ref`` to what has no owner.

    Ids are only unique within a site and a comment's only among comments, so the external id is
    ``site:number`` for posts and ``site:cnumber`` for comments. An answer's target is its question,
    a comment's the post it stands below. ``site`` is needed where the item has no link. An owner
    whose account was deleted has no id: nobody is left to contact. Raises ``Malformed``.
    """
    if not isinstance(item, Mapping):
        raise _malformed("not an object", item)
    link = item.get("link")
    if isinstance(link, str) and link.startswith("http"):
        site = site_of(link)
    if not site:
        raise _malformed("nothing says of which site it is", item)
    try:
        return _map(item, site)
    except Malformed as error:
        raise _malformed(error.reason, item) from None


def _map(item: Mapping[str, Any], site: str) -> Engagement | Ref:
    kind, number, target = _identity(item)
    prefix = "c" if _is_comment(item) else ""
    external_id = f"{site}:{prefix}{number}"
    owner = item.get("owner")
    user_id = owner.get("user_id") if isinstance(owner, Mapping) else None
    if "owner" not in item and "user_id" not in item:
        raise Malformed("it has no owner: the filter leaves it out")
    if not isinstance(owner, Mapping) or not isinstance(user_id, int):
        return Ref(NETWORK, kind, external_id)
    text = _words(item)
    if not text:
        raise Malformed("it has no words: ask for filter=withbody")
    edited = item.get("last_edit_date")
    target_id = f"{site}:{target}" if target is not None else None
    return Engagement(
        network=NETWORK,
        external_id=external_id,
        kind=kind,
        author=Author(
            external_id=f"{site}:{user_id}",
            display_name=_unescaped(owner.get("display_name")),
            url=_link(owner) or f"https://{host_of(site)}/users/{user_id}",
        ),
        text=text,
        url=_link(item) or _url(item, site, number, target),
        occurred_at=read_unix(item.get("creation_date")),
        target_external_id=target_id,
        parent_external_id=target_id,
        community=host_of(site),
        edited_at=_optional(edited),
        metrics=MappingProxyType(
            {
                "score": _count(item.get("score")),
                "comments": _count(item.get("answer_count", item.get("comment_count"))),
                "impressions": _count(item.get("view_count")),
            }
        ),
    )


def _identity(item: Mapping[str, Any]) -> tuple[Kind, int, int | None]:
    """Kind, number, and the number of what it answers."""
    if _is_comment(item):
        return Kind.COMMENT, item["comment_id"], _number(item.get("post_id"))
    answer, question = _number(item.get("answer_id")), _number(item.get("question_id"))
    if answer is not None:
        return Kind.COMMENT, answer, question
    if question is not None:
        return Kind.POST, question, None
    post = _number(item.get("post_id"))
    if post is None:
        raise Malformed("neither a question nor an answer nor a comment")
    return (Kind.COMMENT if item.get("post_type") == "answer" else Kind.POST), post, None


def _is_comment(item: Mapping[str, Any]) -> bool:
    return _number(item.get("comment_id")) is not None


def _words(item: Mapping[str, Any]) -> str:
    markdown = item.get("body_markdown")
    body = item.get("body")
    words = html.unescape(markdown) if isinstance(markdown, str) else ""
    if isinstance(body, str):
        words = to_text(body)
    title = _unescaped(item.get("title"))
    # An answer carries the title of its question, which is somebody else's.
    if title is None or "answer_id" in item or _is_comment(item):
        return words
    return f"{title}\n\n{words}" if words else title


def _url(item: Mapping[str, Any], site: str, number: int, target: int | None) -> str:
    host = host_of(site)
    if _is_comment(item):
        return f"https://{host}/posts/comments/{number}"
    if target is not None:
        return f"https://{host}/a/{number}"
    return f"https://{host}/q/{number}"


def _link(item: Mapping[str, Any]) -> str | None:
    link = item.get("link")
    return link if isinstance(link, str) and link.startswith(("https://", "http://")) else None


def _unescaped(value: object) -> str | None:
    return html.unescape(value) if isinstance(value, str) and value else None


def _optional(value: object) -> datetime | None:
    try:
        return read_unix(value)
    except Malformed:
        return None


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_count = _number


def _malformed(reason: str, payload: object) -> Malformed:
    return Malformed(f"not of Stack Exchange: {reason}", repr(payload)[:KEPT_PAYLOAD])
