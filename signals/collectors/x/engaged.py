"""Who engaged with stored posts of X: reposts, likes, quotes and answers.

A lookup for up to a hundred posts says which of them anybody engaged with, which are gone, and who
wrote those that made a prospect; only counts that are not zero and have changed are asked for one
by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from signals.collectors.contract import (
    Cost,
    Cursor,
    Engagement,
    Kind,
    Malformed,
    Page,
    Target,
    Whole,
)
from signals.collectors.guards import Guards, Purse
from signals.collectors.settings import CollectorSettings
from signals.collectors.x.client import USER_FIELDS, XClient
from signals.collectors.x.cursor import REACH
from signals.collectors.x.people import to_likes, to_reposts
from signals.collectors.x.posts import to_engagements
from signals.collectors.x.prices import PriceList
from signals.collectors.x.recheck import BATCH, gone_of, look_up

_IGNORED: Final = Cursor("")
_PAGE: Final = 100
_SMALLEST: Final = 10
_OVERLAP: Final = timedelta(minutes=15)
_Read = tuple[list[Engagement], list[Malformed]]


@dataclass(frozen=True, slots=True)
class _Question:
    """One thing to ask about a post, page by page; ``metric`` is the count that makes it worth it.

    ``resource`` and ``people`` are what X bills for each answer.
    """

    metric: str
    ask: Callable[..., dict[str, Any]]
    read: Callable[[dict[str, Any]], _Read]
    resource: str
    token_name: str
    with_people: bool = False
    whole: Kind | None = None  # of what it brings all there is, where it is as many as are counted


def read_engaged(
    client: XClient,
    targets: Sequence[Target],
    *,
    prices: PriceList,
    purse: Purse,
    settings: CollectorSettings,
    limit: int,
) -> Iterator[Page]:
    """See ``Rereads``."""
    read = 0
    guards = Guards(clock=settings.clock, max_seconds=settings.max_seconds)
    posts = [target for target in targets if target.ref.external_id.isdigit()]
    for begin in range(0, len(posts), BATCH):
        batch = posts[begin : begin + BATCH]
        answers, cost = _look_up(client, batch, prices, purse)
        gone = frozenset[str]().union(*map(gone_of, answers))
        fresh = {post.external_id: post for one in answers for post in to_engagements(one)[0]}
        for target in batch:
            now = datetime.fromtimestamp(settings.clock(), UTC)
            if target.ref.external_id in gone:
                yield Page((), _IGNORED, deletions=(target.ref,), cost=cost, reread=(target.ref,))
                cost = Cost()
                continue
            post = fresh.get(target.ref.external_id)
            if post is None:
                continue  # neither there nor gone: it comes again
            for page in _read_target(client, target, post, prices, purse, guards, now):
                read += page.seen
                yield _with(page, cost)
                cost = Cost()
            if read >= limit or guards.is_over:
                return


def _look_up(
    client: XClient, batch: Sequence[Target], prices: PriceList, purse: Purse
) -> tuple[list[dict[str, Any]], Cost]:
    """The posts; with their authors, whom X bills at twice a post, where these are worth it."""
    people = {"expansions": "author_id", "user_fields": USER_FIELDS}
    answers, cost = [], Cost()
    for wanted, params in ((True, people), (False, {})):
        ids = [one.ref.external_id for one in batch if one.wants_author is wanted]
        if ids:
            answer, paid = look_up(client, ids, prices=prices, purse=purse, **params)
            answers.append(answer)
            cost += paid
    return answers, cost


def _read_target(
    client: XClient,
    target: Target,
    post: Engagement,
    prices: PriceList,
    purse: Purse,
    guards: Guards,
    now: datetime,
) -> Iterator[Page]:
    """Pages about one post; the first holds it for its author's name, the last for its counts."""
    waiting: tuple[Engagement, ...] = (post,)
    whole: list[Whole] = []
    for question in _questions(client, target, now):
        if not _is_worth_it(post, target, question):
            continue
        token: str | None = None
        known: set[str] = set()
        while True:
            size = _size(post.metrics.get(question.metric))
            most = prices.cost(**{question.resource: size})
            purse.ask(most + prices.cost(requests=0, user=size) if question.with_people else most)
            answer = question.ask(**{question.token_name: token, "max_results": size})
            cost = prices.page_cost(answer, question.resource)
            purse.pay(cost)
            client.take_cost()
            found, malformed = question.read(answer)
            items = len(found) + len(malformed)
            yield Page((*waiting, *found), _IGNORED, cost=cost, malformed=tuple(malformed),
                       seen=items, keywordless=target.own)  # fmt: skip
            waiting = ()
            known.update(one.external_id for one in found)
            meta = answer.get("meta")
            token = meta.get("next_token") if isinstance(meta, Mapping) else None
            place = f"{target.ref.external_id}:{question.metric}:{token}"
            if not token:
                # X leaves people out now and then: only as many as it counts are all there are
                if question.whole is not None and len(known) == post.metrics.get(question.metric):
                    whole.append(Whole(target.ref, question.whole, frozenset(known)))
                break
            if guards.turn(place, items=items) is not None:
                break
    yield Page((post,), _IGNORED, reread=(target.ref,), whole=tuple(whole),
               keywordless=target.own)  # fmt: skip


def _questions(client: XClient, target: Target, now: datetime) -> list[_Question]:
    post_id = target.ref.external_id

    def ask_reposts(**params: Any) -> dict[str, Any]:
        return client.reposters(post_id, **params)

    def ask_likes(**params: Any) -> dict[str, Any]:
        return client.likers(post_id, **params)

    def ask_quotes(**params: Any) -> dict[str, Any]:
        return client.quotes(post_id, expansions="author_id", user_fields=USER_FIELDS, **params)

    def ask_answers(**params: Any) -> dict[str, Any]:
        since = (target.read_at - _OVERLAP) if target.read_at else now - REACH
        start = max(since, now - REACH).strftime("%Y-%m-%dT%H:%M:%SZ")
        # An answer to an answer stands in the conversation of its beginning.
        place = target.parent_external_id or post_id
        asked = f"conversation_id:{place} -is:retweet"
        return client.search(
            asked, start_time=start, expansions="author_id", user_fields=USER_FIELDS, **params
        )

    questions = [
        _Question("reposts", ask_reposts, lambda page: to_reposts(page, post_id, now), "user",
                  "pagination_token", whole=Kind.REPOST),
        _Question("quotes", ask_quotes, to_engagements, "post", "pagination_token", True),
        _Question("comments", ask_answers, to_engagements, "post", "next_token", True),
    ]  # fmt: skip
    if client.may_see_likes:
        likes = _Question("likes", ask_likes, lambda page: to_likes(page, post_id, now), "like",
                          "pagination_token", whole=Kind.LIKE)  # fmt: skip
        questions.insert(0, likes)
    return questions


def _is_worth_it(post: Engagement, target: Target, question: _Question) -> bool:
    """Whether a count is not what it was when it was last read, or is zero and some are stored."""
    count = post.metrics.get(question.metric)
    if count is None:
        return True
    if count == 0:
        return question.whole in target.stored_kinds
    return target.read_at is None or count != target.metrics.get(question.metric)


def _size(count: int | None) -> int:
    """No more than there can be: what is asked for must be within the budget."""
    return _PAGE if count is None else min(_PAGE, max(_SMALLEST, count))


def _with(page: Page, cost: Cost) -> Page:
    return replace(page, cost=page.cost + cost)
