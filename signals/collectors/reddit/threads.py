"""Answers to stored submissions and comments of Reddit, and their crossposts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from signals.collectors.contract import Cost, Cursor, Engagement, Gone, Page, Ref, Target
from signals.collectors.guards import Guards, Purse
from signals.collectors.reddit.client import RedditClient
from signals.collectors.reddit.listing import map_things, stubs_of

_IGNORED: Final = Cursor("")
#: Comments of one request for a thread, and of one request for what it leaves out.
_THREAD: Final = 500
_MORE: Final = 100
#: Requests for left-out comments of one thread: a bound, since the largest have tens of thousands.
MAX_MORE: Final = 5
_ONE: Final = Cost(requests=1)


def read_threads(
    client: RedditClient, targets: Sequence[Target], purse: Purse, guards: Guards, *, limit: int
) -> Iterator[Page]:
    """See ``Rereads``."""
    read = 0
    known = [one for one in targets if one.ref.external_id.startswith(("t1_", "t3_"))]
    for begin in range(0, len(known), _MORE):
        batch = known[begin : begin + _MORE]
        counts, cost = _count_answers(client, batch, purse)
        for target in batch:
            if _is_quiet(target, counts.get(target.ref.external_id)):
                yield Page((), _IGNORED, cost=cost, reread=(target.ref,))
                cost = Cost()
                continue
            for page in _read_thread(client, target, purse):
                read += page.seen
                yield replace(page, cost=page.cost + cost)
                cost = Cost()
            if read >= limit or guards.is_over:
                return


def _count_answers(
    client: RedditClient, targets: Sequence[Target], purse: Purse
) -> tuple[dict[str, int | None], Cost]:
    """How many comments each submission has by now: one request instead of one for each."""
    names = [one.ref.external_id for one in targets if one.ref.external_id.startswith("t3_")]
    if not names:
        return {}, Cost()
    purse.ask(_ONE)
    found, _ = map_things(client.get("/api/info", id=",".join(names)))
    purse.pay(cost := client.take_cost())
    return {
        one.external_id: one.metrics.get("comments") for one in found if isinstance(one, Engagement)
    }, cost


def _is_quiet(target: Target, count: int | None) -> bool:
    """Whether nobody commented, or nobody since the thread was last read."""
    if count is None:
        return False
    return count == 0 or (target.read_at is not None and count == target.metrics.get("comments"))


def _read_thread(client: RedditClient, target: Target, purse: Purse) -> Iterator[Page]:
    name = target.ref.external_id
    submission = name if name.startswith("t3_") else target.parent_external_id
    if submission is None:
        yield Page((), _IGNORED, reread=(target.ref,))
        return
    comment = name.removeprefix("t1_") if name.startswith("t1_") else None
    purse.ask(_ONE)
    try:
        answer = client.get(
            f"/comments/{submission.removeprefix('t3_')}", limit=_THREAD, sort="new",
            comment=comment, context=0 if comment else None,
        )  # fmt: skip
    except Gone:  # or what stands before Reddit shows a page of its own: the re-check will know
        purse.pay(cost := client.take_cost())
        yield Page((), _IGNORED, cost=cost, reread=(target.ref,))
        return
    purse.pay(cost := client.take_cost())
    yield _page(answer, cost)
    left_out = stubs_of(answer)
    for begin in range(0, min(len(left_out), MAX_MORE * _MORE), _MORE):
        purse.ask(_ONE)
        children = ",".join(left_out[begin : begin + _MORE])
        more = client.get(
            "/api/morechildren", link_id=submission, children=children, api_type="json"
        )
        purse.pay(cost := client.take_cost())
        yield _page(more, cost)
    if comment is None and _is_crossposted(answer):
        purse.ask(_ONE)
        copies = client.get(f"/duplicates/{submission.removeprefix('t3_')}", limit=_MORE)
        purse.pay(cost := client.take_cost())
        yield _page(copies, cost)
    yield Page((), _IGNORED, reread=(target.ref,))


def _page(answer: object, cost: Cost) -> Page:
    things, malformed = map_things(answer)
    return Page(
        engagements=tuple(one for one in things if isinstance(one, Engagement)),
        cursor=_IGNORED,
        deletions=tuple(one for one in things if isinstance(one, Ref)),
        cost=cost,
        malformed=tuple(malformed),
        seen=len(things) + len(malformed),
    )


def _is_crossposted(answer: object) -> bool:
    listing = answer[0] if isinstance(answer, list) and answer else None
    data = listing.get("data") if isinstance(listing, dict) else None
    children = data.get("children") if isinstance(data, dict) else None
    for child in children if isinstance(children, list) else ():
        inner = child.get("data") if isinstance(child, dict) else None
        if isinstance(inner, dict) and inner.get("num_crossposts"):
            return True
    return False
