"""Which community a collection listens to, as signals name it, and which one a signal is of. Pure.

A collection knows where it asks (its scope, or the source's own address), a signal what its network
called the place. Both are brought to one key here, so that cost and yield meet.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

#: Sites of Stack Exchange with a domain of their own.
_OWN_DOMAINS: Final = frozenset(
    {"stackoverflow", "serverfault", "superuser", "askubuntu", "stackapps"}
)
_TAG: Final = re.compile(r"#\w{1,100}")


def community_of(network: str, scope: str, url: str | None) -> str | None:
    """What signals of a collection are of; ``None`` where it asks a whole network.

    ``scope`` is the collection's, ``url`` the source's. A feed is known by its host.
    """
    place = scope.strip()
    host = _host(url)
    if network == "discourse":
        return host
    if network == "rss":
        return _host(place) or host
    if not place:
        return None
    if network == "reddit":
        return f"r/{place.strip('/').removeprefix('r/')}"
    if network == "youtube":
        return place.rstrip("/").rpartition("/")[2]
    if network == "mastodon":
        return place.partition("@")[0]
    if network == "lemmy":
        name, _, far = place.removeprefix("!").partition("@")
        return f"!{name}@{far or host}" if far or host else f"!{name}"
    if network == "stackexchange" and "." not in place:
        return f"{place}.com" if place in _OWN_DOMAINS else f"{place}.stackexchange.com"
    return place


def communities_of(
    network: str, community: str | None, *, url: str | None, text: str | None,
    asked: Collection[str] = (),
) -> tuple[str, ...]:  # fmt: skip
    """Every community a signal is of; none where its network has none.

    ``asked``: keys of what the network's collections ask for. A post on Mastodon is of each tag
    asked for that stands in it, an entry of a feed of the feed on its own host.
    """
    if network == "mastodon":
        tags = {key_of(found): found for found in _TAG.findall(text or "")}
        return tuple(tag for key, tag in tags.items() if key in asked)
    if network == "rss":
        host = _host(url)
        if host is not None and key_of(host) in asked:
            return (host,)
    return (community,) if community else ()


def key_of(community: str) -> str:
    """What two spellings of one community share."""
    return community.casefold()


def _host(address: str | None) -> str | None:
    if not address:
        return None
    try:
        return urlsplit(address).netloc or None
    except ValueError:  # an address with a broken host names none
        return None
