"""Which stored posts X still has, and which were edited since.

X tells nobody of deletions at this access level; asking again is the only way to honour them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from signals.collectors.contract import Cost, Engagement, Recheck, Ref
from signals.collectors.guards import Purse
from signals.collectors.x.client import XClient
from signals.collectors.x.posts import to_engagements
from signals.collectors.x.prices import PriceList

#: Posts of one lookup: what X allows.
BATCH: Final = 100
#: How X names what it does not show any more: deleted, or by a suspended or protected account.
_GONE: Final = frozenset({"resource-not-found", "not-authorized-for-resource"})


def recheck_posts(
    client: XClient, refs: Sequence[Ref], *, prices: PriceList, purse: Purse
) -> Iterator[Recheck]:
    """See ``Rechecks``. Likes and reposts have no id of their own to ask for and get no answer."""
    known = [ref for ref in refs if ref.external_id.isdigit() and not ref.account]
    for begin in range(0, len(known), BATCH):
        batch = {ref.external_id: ref for ref in known[begin : begin + BATCH]}
        answer, cost = look_up(client, list(batch), prices=prices, purse=purse)
        gone = gone_of(answer)
        newer = _newer_versions(answer)
        edited: list[Engagement] = []
        if newer:
            fresh, more = look_up(client, sorted(newer), prices=prices, purse=purse)
            cost += more
            edited = [post for post in to_engagements(fresh)[0] if post.external_id in batch]
        found = {id_ for post in _items(answer) for id_ in _names(post)}
        answered = [ref for id_, ref in batch.items() if id_ in gone or id_ in found]
        yield Recheck(
            checked=tuple(answered),
            deletions=tuple(batch[id_] for id_ in batch if id_ in gone and id_ not in found),
            edited=tuple(edited),
            cost=cost,
        )


def look_up(
    client: XClient,
    ids: Sequence[str],
    *,
    prices: PriceList,
    purse: Purse,
    **params: Any,
) -> tuple[dict[str, Any], Cost]:
    """Posts by id, and what they cost; with ``expansions=author_id`` their authors are paid too."""
    people = len(ids) if params else 0
    purse.ask(prices.cost(post=len(ids), user=people))
    answer = client.lookup(ids, **params)
    cost = prices.page_cost(answer)
    purse.pay(cost)
    client.take_cost()
    return answer, cost


def gone_of(answer: Mapping[str, Any]) -> frozenset[str]:
    """The ids an answer says are gone: each stands in ``errors`` with its type."""
    errors = answer.get("errors")
    gone = set()
    for error in errors if isinstance(errors, list) else ():
        if not isinstance(error, Mapping) or error.get("resource_type", "tweet") != "tweet":
            continue
        kind = str(error.get("type", "")).rpartition("/")[2]
        named = error.get("resource_id") or error.get("value")
        # An error about a post that another one refers to is not about a post we asked for.
        if kind in _GONE and named and error.get("parameter", "ids") in {"ids", "id"}:
            gone.add(str(named))
    return frozenset(gone)


def _items(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    data = answer.get("data")
    return [item for item in data if isinstance(item, Mapping)] if isinstance(data, list) else []


def _names(post: Mapping[str, Any]) -> list[str]:
    """Every id of a post: its own and those of its versions."""
    versions = post.get("edit_history_tweet_ids")
    return [str(post.get("id")), *map(str, versions if isinstance(versions, list) else ())]


def _newer_versions(answer: Mapping[str, Any]) -> set[str]:
    """The newest version of each post that was edited after the one we hold."""
    newer = set()
    for post in _items(answer):
        versions = post.get("edit_history_tweet_ids")
        if isinstance(versions, list) and versions and str(versions[-1]) != str(post.get("id")):
            newer.add(str(versions[-1]))
    return newer
