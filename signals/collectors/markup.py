"""HTML of posts as plain words: what a reader sees, line by line. Pure."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from typing import Final

#: Elements that begin on a new line; these in particular are parted by an empty line.
_BLOCKS: Final = frozenset(
    "p div section article header footer blockquote pre ul ol table h1 h2 h3 h4 h5 h6 hr".split()
)
_LINES: Final = frozenset("br li tr dt dd figcaption option".split())
#: Elements whose text nobody reads. Quotes of Discourse are somebody else's words.
_HIDDEN: Final = frozenset("script style template head title noscript svg".split())
_NO_END: Final = frozenset("br hr img input meta link area base col embed source track wbr".split())
_SPACE: Final = re.compile(r"[ \t\f\v\u00a0]+")
_LINE_EDGES: Final = re.compile(r" *\n *")
_EMPTY_LINES: Final = re.compile(r"\n{3,}")
_TAG: Final = re.compile(r"<[a-zA-Z!/]")


class _Words(HTMLParser):
    def __init__(self, skip_classes: frozenset[str]) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skip_classes = skip_classes
        self._hidden: list[str] = []  # open elements, from the first hidden one on

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            if tag not in _NO_END:
                self._hidden.append(tag)
            return
        if tag in _HIDDEN or (self._skip_classes and self._is_skipped(attrs)):
            if tag not in _NO_END:
                self._hidden.append(tag)
        elif tag in _BLOCKS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")
        elif tag == "img":
            self.parts.extend(value for name, value in attrs if name == "alt" and value)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden:
            if tag in self._hidden:  # an element left open inside ends with its parent
                del self._hidden[len(self._hidden) - 1 - self._hidden[::-1].index(tag) :]
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)

    def _is_skipped(self, attrs: list[tuple[str, str | None]]) -> bool:
        classes = next((value for name, value in attrs if name == "class" and value), "")
        return not self._skip_classes.isdisjoint((classes or "").split())


def to_text(markup: str, *, skip_classes: frozenset[str] = frozenset()) -> str:
    """The words of ``markup``, entities resolved, paragraphs parted by an empty line.

    Elements with a class of ``skip_classes`` are left out with all they hold. Text without markup
    comes back unescaped and stripped. Never raises.
    """
    if not _TAG.search(markup):
        return html.unescape(markup).strip()
    parser = _Words(skip_classes)
    parser.feed(markup)
    parser.close()
    text = _SPACE.sub(" ", "".join(parser.parts).replace("\r", ""))
    return _EMPTY_LINES.sub("\n\n", _LINE_EDGES.sub("\n", text)).strip()
