"""The addresses a public profile page declares: every link, and those marked ``rel="me"``."""

from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from signals.collectors.http import HttpClient


@dataclass(frozen=True, slots=True)
class ProfileLinks:
    """Where a page points: ``mine`` are links its owner calls their own (``rel="me"``)."""

    links: tuple[str, ...]
    mine: tuple[str, ...]


def read_profile(client: HttpClient, address: str) -> ProfileLinks:
    """Fetch a profile page through the guarded client and list its links.

    Raises what the client raises. Source: microformats.org/wiki/rel-me.
    """
    answer = client.get_bytes(address, headers={"Accept": "text/html"})
    return find_links(answer.body.decode("utf-8", "replace"), address)


def find_links(page: str, address: str) -> ProfileLinks:
    """The links of a page at ``address``, absolute, each once. Pure."""
    parser = _Links()
    parser.feed(page)
    parser.close()
    found: dict[str, bool] = {}
    for href, is_mine in parser.found:
        try:
            target = urljoin(address, href.strip())
            is_web = urlsplit(target).scheme in {"http", "https"}
        except ValueError:
            continue
        if is_web:
            found[target] = found.get(target, False) or is_mine
    return ProfileLinks(tuple(found), tuple(one for one, is_mine in found.items() if is_mine))


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"a", "link"}:
            return
        given = dict(attrs)
        href = given.get("href")
        words = (given.get("rel") or "").lower().split()
        # a <link> points to style sheets and feeds; only rel="me" makes it a declaration
        if href and (tag == "a" or "me" in words):
            self.found.append((href, "me" in words))
