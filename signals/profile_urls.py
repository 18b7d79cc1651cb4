"""Addresses of profiles, read to whom they name. Pure.

Sources: the addresses each network gives in its own answers (``signals.collectors``).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

_STACK_SITES: Final = frozenset(
    ("stackoverflow", "serverfault", "superuser", "askubuntu", "stackapps")
)
_NAME: Final = r"[^/\s@]+"
#: By host without «www.»: the network, and what the path of a profile looks like there.
_REDDIT: Final = ("reddit", re.compile(rf"(?:user|u)/(?P<handle>{_NAME})(?:/.*)?", re.IGNORECASE))
_X: Final = (
    "x",
    re.compile(
        r"i/user/(?P<account>\d+)"
        r"|(?!(?:i|home|search|explore|hashtag|intent|share|settings|messages|login|about)(?:/|$))"
        r"@?(?P<handle>\w{1,20})(?:/.*)?",
        re.IGNORECASE,
    ),
)
_YOUTUBE: Final = (
    "youtube",
    re.compile(rf"channel/(?P<account>UC[\w-]+)(?:/.*)?|@(?P<handle>{_NAME})(?:/.*)?"),
)
_BLUESKY: Final = (
    "bluesky",
    re.compile(rf"profile/(?:(?P<account>did:[a-z]+:[^/\s]+)|@?(?P<handle>{_NAME}))(?:/.*)?"),
)
_PLACES: Final = {
    "reddit.com": _REDDIT,
    "x.com": _X,
    "twitter.com": _X,
    "youtube.com": _YOUTUBE,
    "bsky.app": _BLUESKY,
}
_FRONTS: Final = ("www.", "old.", "new.", "np.", "m.", "mobile.")
#: «/@ann», «/@ann@other.host», «/users/ann», «/u/ann», wherever it runs.
_ELSEWHERE: Final = re.compile(
    r"(?:@(?P<name>[\w.-]+)(?:@(?P<host>[\w.-]+))?|(?:users|u)/(?P<user>[\w.-]*[a-z_][\w.-]*))"
    r"(?:/.*)?",
    re.IGNORECASE,
)
_STACK_USER: Final = re.compile(r"users/(?P<account>\d+)(?:/.*)?")
_LOOKS_LIKE: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//|www\.|[\w-]+(?:\.[\w-]+)+/", re.I)


def is_address(text: str) -> bool:
    """Whether a name is written as the address of a page, with or without «https://»."""
    return _LOOKS_LIKE.match(text.strip()) is not None


def read_profile_address(text: str) -> tuple[str, str, str] | None:
    """What a profile's address names: (``handle`` or ``account``, network, name).

    The network is "" where the address does not tell it; such a handle is ``name@host``. ``None``
    for what is no address of a profile.
    """
    if not is_address(text):
        return None
    text = text.strip()
    try:
        parts = urlsplit(text if "//" in text.partition("?")[0] else f"https://{text}")
        host = (parts.hostname or "").lower().rstrip(".")
    except ValueError:  # «http://[»
        return None
    bare = next((host.removeprefix(one) for one in _FRONTS if host.startswith(one)), host)
    path = unquote(parts.path).strip("/")
    if bare == "news.ycombinator.com":
        name = parse_qs(parts.query).get("id", [""])[0] if path == "user" else ""
        return ("handle", "hackernews", name.lower()) if name else None
    if bare in _PLACES:
        network, pattern = _PLACES[bare]
        found = pattern.fullmatch(path)
        if found is None:
            return None
        account = found["account"] if "account" in pattern.groupindex else None
        if account:
            return "account", network, account
        return "handle", network, found["handle"].lower()
    return _read_stack(bare, path) or _read_elsewhere(host.removeprefix("www."), path)


def _read_stack(host: str, path: str) -> tuple[str, str, str] | None:
    site = host.removesuffix(".com").removesuffix(".stackexchange")
    if host not in {f"{site}.stackexchange.com", "mathoverflow.net"} and not (
        host == f"{site}.com" and site.rpartition(".")[2] in _STACK_SITES
    ):
        return None
    found = _STACK_USER.fullmatch(path)
    return ("account", "stackexchange", f"{site}:{found['account']}") if found else None


def _read_elsewhere(host: str, path: str) -> tuple[str, str, str] | None:
    found = _ELSEWHERE.fullmatch(path)
    if found is None or "." not in host:
        return None
    name = (found["name"] or found["user"]).lower()
    return "handle", "", f"{name}@{(found['host'] or host).lower()}"
