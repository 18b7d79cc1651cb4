"""Stack Exchange's API 2.3 on 127.0.0.1: a site's posts in order, look-ups by id, its errors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.web_server import Asked, Reply

_STREAM = re.compile(r"/2\.3/(questions|answers|comments|search/advanced)")
_BELOW = re.compile(r"/2\.3/(questions|posts)/([\d;]+)/(answers|comments)")
_BY_ID = re.compile(r"/2\.3/(questions|answers|comments)/([\d;]+)")
_KEYS = {"questions": "question_id", "answers": "answer_id", "comments": "comment_id"}


def make_question(number: int, *, at: int, **fields: Any) -> dict[str, Any]:
    """A question of that second."""
    return {
        "question_id": number, "title": "Roth &amp; IRA?", "body": "<p>Which <b>one</b>?</p>",
        "link": f"https://money.stackexchange.com/questions/{number}/roth", "creation_date": at,
        "score": 1, "answer_count": 0, "owner": _owner(number),
    } | fields  # fmt: skip


def make_answer(number: int, question: int, *, at: int, **fields: Any) -> dict[str, Any]:
    """An answer of that second."""
    return {
        "answer_id": number, "question_id": question, "body": "<p>The second.</p>",
        "creation_date": at, "score": 2, "owner": _owner(number),
    } | fields  # fmt: skip


def make_comment(number: int, post: int, *, at: int, **fields: Any) -> dict[str, Any]:
    """A comment of that second."""
    return {
        "comment_id": number, "post_id": post, "body": "Same &gt; here", "creation_date": at,
        "score": 0, "edited": False, "owner": _owner(number),
    } | fields  # fmt: skip


@dataclass
class StackApi:
    """What one site holds. ``extra`` goes into every wrapper: ``backoff``, ``quota_remaining``."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    comments: list[dict[str, Any]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Reply:
        if asked.one("site") != "money":
            return error(400, "bad_parameter", "No site found")
        if match := _BELOW.fullmatch(asked.path):
            ids = {int(number) for number in match[2].split(";")}
            items = self.answers if match[3] == "answers" else self.comments
            key = "question_id" if match[3] == "answers" else "post_id"
            return self._page(asked, [item for item in items if item[key] in ids])
        if match := _BY_ID.fullmatch(asked.path):
            ids = {int(number) for number in match[2].split(";")}
            key = _KEYS[match[1]]
            return self._page(asked, [i for i in getattr(self, match[1]) if i[key] in ids])
        if match := _STREAM.fullmatch(asked.path):
            searched = match[1] == "search/advanced"
            items = self.questions if searched else getattr(self, match[1])
            words = (asked.one("q") or "").casefold()
            begin = int(asked.one("fromdate") or "0")
            return self._page(asked, [
                item for item in items
                if item["creation_date"] >= begin
                and (not searched or words in item["title"].casefold())
            ])  # fmt: skip
        return error(404, "no_method", "this method cannot be called")

    def _page(self, asked: Asked, items: list[dict[str, Any]]) -> Reply:
        size, page = int(asked.one("pagesize") or "30"), int(asked.one("page") or "1")
        ordered = sorted(items, key=lambda item: item["creation_date"])
        shown = ordered[(page - 1) * size : page * size]
        wrapper = {"items": shown, "has_more": page * size < len(ordered), "quota_remaining": 9000}
        return Reply(200, wrapper | self.extra)


def error(number: int, name: str, message: str) -> Reply:
    """An error as the API says it: always a 400."""
    return Reply(400, {"error_id": number, "error_name": name, "error_message": message})


def _owner(number: int) -> dict[str, Any]:
    user = 100 + number % 7
    return {
        "user_id": user, "display_name": f"Ana &#39;{user}", "user_type": "registered",
        "link": f"https://money.stackexchange.com/users/{user}/ana",
    }  # fmt: skip
