"""Where to go on, from ``Link`` headers, and where a status lives. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlsplit

_LINK: Final = re.compile(r'<([^>]{1,2000})>\s*;\s*rel="?([a-z]+)"?')
#: Where the id of a status stands in its own address, at Mastodon and GoToSocial, and at Pleroma.
_OWN_ID: Final = re.compile(
    r"^https?://[^/]+/(?:(?:ap/)?users/[^/]+/statuses|@[^/]+(?:/statuses)?|notice)/([\w-]{1,64})/?$"
)


def read_links(headers: Mapping[str, str]) -> dict[str, Mapping[str, str]]:
    """The parameters of each relation (``next`` is older, ``prev`` newer), first values only.

    Ids are never computed: of favourites and boosts the pages are counted in ids that stand nowhere
    else.
    """
    found: dict[str, Mapping[str, str]] = {}
    for address, relation in _LINK.findall(headers.get("link", "")):
        query = parse_qs(urlsplit(address).query)
        found[relation] = {name: values[0] for name, values in query.items()}
    return found


def find_home(name: str, url: str | None = None) -> str | None:
    """The address in the author's own server's API of a status with this ``uri`` or page.

    ``None`` where the address does not tell the id (``/objects/…`` of Pleroma and Akkoma).
    """
    for address in (name, url or ""):
        if "/api/v1/statuses/" in address:
            return address
        matched = _OWN_ID.match(address)
        if matched:
            parts = urlsplit(address)
            return f"{parts.scheme}://{parts.netloc}/api/v1/statuses/{matched[1]}"
    return None
