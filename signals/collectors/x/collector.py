"""X: recent search for a topic, and the mentions and posts of the team's own accounts.

Scope: empty is the search of the topic's keywords, then the mentions and posts of every ``@name``
among the topic's communities; ``@name`` is that account alone.
What the accounts wrote is marked as the team's own, what mentions them as a mention: with it
both are of the topic whatever words they hold.
Every request is paid for, so each is weighed against the day's budget before it is made, and a
sweep that would not fit into it begins later and leaves a recorded gap instead.

Authors: X bills a person at twice the price of a post. With the option ``authors=matched`` (the
default) a search asks for no people, and only authors who count for a prospect and have no name yet
are read, when the engagements of their post are; ``authors=all`` reads them with every search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar, Final

from signals.collectors.contract import (
    Budget,
    Cost,
    Cursor,
    Gone,
    Misconfigured,
    Own,
    Page,
    Plan,
    Query,
    Recheck,
    Ref,
    Tally,
    Target,
)
from signals.collectors.guards import MAX_PAGES, Guards, Purse
from signals.collectors.settings import CollectorSettings
from signals.collectors.x.client import XClient
from signals.collectors.x.cursor import Place, load_place
from signals.collectors.x.engaged import read_engaged
from signals.collectors.x.posts import NETWORK
from signals.collectors.x.prices import PRICES, PriceList
from signals.collectors.x.query import Search, build_searches
from signals.collectors.x.recheck import recheck_posts
from signals.collectors.x.sweep import LARGEST, Sweep, SweepReader

#: How far a query looks back the first time, where the source does not say.
_FIRST_HOURS: Final = 24
#: What ``counts/recent`` counts where no start is named. Source: docs.x.com, posts, counts.
_COUNTED_DAYS: Final = 7.0


class XCollector:
    """Collects, re-reads and re-checks; see the module for what and at what cost."""

    network: ClassVar[str] = NETWORK

    def __init__(self, settings: CollectorSettings) -> None:
        self._settings = settings
        self._client = XClient(settings)
        self._prices = PriceList({**PRICES, **settings.prices})
        authors = str(settings.options.get("authors", "matched"))
        if authors not in {"matched", "all"}:
            raise Misconfigured("An administrator must set the option authors to matched or all.")
        self._with_authors = authors == "all"
        self._first = timedelta(hours=settings.number("first_hours", _FIRST_HOURS))

    def collect(self, query: Query, cursor: Cursor | None, *, limit: int) -> Iterator[Page]:
        """Pages of every sweep in turn, newest first; see ``Collector``."""
        place = load_place(cursor)
        purse = Purse(query.budget)
        spent = Cost()
        sweeps = [self._search_sweep(search) for search in self._searches(query)]
        team = []
        todo = ""
        for handle in _accounts(query):
            try:
                place, paid = self._know_account(place, handle, purse)
            except Gone:
                if query.scope:
                    raise
                # a slip in one name keeps nobody from listening to the rest
                topic = query.topic or "the topic"
                todo = todo or (
                    f"A manager must correct x:@{handle} in topic {topic}:"
                    " X has no account of that name."
                )
                continue
            spent += paid
            team.append(place.users[handle.lower()])
            sweeps += self._account_sweeps(team[-1])
        place = place.keep_only(frozenset(sweep.key for sweep in sweeps))
        keys = [sweep.key for sweep in sweeps]
        at = keys.index(place.sweep) if place.sweep in keys else 0
        ends_at = self._settings.clock() + self._settings.max_seconds
        read = 0
        for index in range(at, len(sweeps)):
            # an empty page of one sweep says nothing about another; the time is that of the run
            guards = Guards(
                clock=self._settings.clock, max_seconds=ends_at - self._settings.clock()
            )
            reader = SweepReader(
                self._client, self._prices, purse, guards, self._settings.clock, self._first,
                self._with_authors, frozenset(team),
            )  # fmt: skip
            following = keys[index + 1] if index + 1 < len(keys) else None
            for page in reader.read(sweeps[index], following, place, spent):
                spent = Cost()
                place = load_place(page.cursor)
                read += page.seen
                yield replace(page, todo=todo)
                if read >= limit or guards.is_over:
                    return
            if place.token is not None:
                return  # as many pages as one run may read: the next goes on behind them

    def reread(self, targets: Sequence[Target], query: Query, *, limit: int) -> Iterator[Page]:
        """Who reposted, liked, quoted and answered stored posts, and their authors' names."""
        yield from read_engaged(
            self._client,
            targets,
            prices=self._prices,
            purse=Purse(query.budget),
            settings=self._settings,
            limit=limit,
        )

    def recheck(self, refs: Sequence[Ref], *, budget: Budget) -> Iterator[Recheck]:
        """Which stored posts are gone or changed, a hundred to a request."""
        yield from recheck_posts(self._client, refs, prices=self._prices, purse=Purse(budget))

    def plan(self, query: Query, cursor: Cursor | None, *, limit: int) -> Plan:
        """The first page of every sweep, and the most that all pages of a run cost."""
        place = load_place(cursor)
        notes = [f"a run reads page after page, about {limit:,} posts at most"]
        searches = self._searches(query)
        requests = [f"GET /2/tweets/search/recent?query={one.text}" for one in searches]
        accounts = _accounts(query)
        for handle in accounts:
            requests += [f"GET /2/users/:id/{what} of @{handle}" for what in ("mentions", "tweets")]
        most = self._most(query.budget, place, searches, accounts, limit + LARGEST - 1)
        new = sum(1 for one in searches if one.key not in place.since)
        if new:
            hours = self._first.total_seconds() / 3600
            notes.append(f"{new} of {len(searches)} queries are new: they look back {hours:g} h")
        if not self._client.may_see_likes:
            notes.append("without a user's token X does not show who liked a post")
        return Plan(tuple(requests), most, tuple(notes))

    def _most(
        self,
        budget: Budget,
        place: Place,
        searches: Sequence[Search],
        accounts: Sequence[str],
        posts: int,
    ) -> Cost:
        """What a run of so many posts costs where all of them are of the dearest kind."""
        kinds = [self._prices.cost(post=posts, user=posts if self._with_authors else 0)]
        if accounts:
            kinds.append(self._prices.cost(owned=posts, user=posts))
        dearest = max(kinds, key=lambda one: one.money)
        unknown = [one for one in accounts if one.lower() not in place.users]
        counted = len(searches) if budget.money is not None else 0
        counts, people = self._prices.cost(counts=1), self._prices.cost(user=1)
        beside = [counts] * counted + [people] * len(unknown)
        most = sum(beside, dearest)
        pages = MAX_PAGES * (len(searches) + 2 * len(accounts))
        money = most.money if budget.money is None else min(budget.money, most.money)
        return replace(most, requests=pages + len(beside), money=money)

    def tally_cost(self, query: Query) -> Cost:
        """One request for counts for each search."""
        return sum((self._prices.cost(counts=1) for _ in self._searches(query)), Cost())

    def post_cost(self, posts: float) -> float:
        """A post each, and its author where all authors are asked for."""
        return posts * self._prices.cost(post=1, user=1 if self._with_authors else 0).money

    def tally(self, query: Query) -> Tally:
        """Posts of the last seven days that each search finds; in two searches one counts twice."""
        purse = Purse(query.budget)
        posts, cost = 0, Cost()
        for search in self._searches(query):
            price = self._prices.cost(counts=1)
            purse.ask(price)
            meta = self._client.count(search.text).get("meta")
            purse.pay(price)
            self._client.take_cost()
            total = meta.get("total_tweet_count") if isinstance(meta, Mapping) else None
            posts += total if isinstance(total, int) else 0
            cost += price
        return Tally(posts, _COUNTED_DAYS, cost)

    def _searches(self, query: Query) -> tuple[Search, ...]:
        if query.scope or (not query.keywords and _accounts(query)):
            return ()
        is_narrowed = str(self._settings.options.get("lang", "no")) == "yes"
        searches = build_searches(
            query.keywords, query.exclusions, query.languages if is_narrowed else ()
        )
        if not searches:
            topic = query.topic or "the topic"
            raise Misconfigured(
                f"A manager must give {topic} a keyword: X is searched by keywords."
            )
        return searches

    def _search_sweep(self, search: Search) -> Sweep:
        def fetch(**params: Any) -> dict[str, Any]:
            return self._client.search(search.text, **params)

        return Sweep(search.key, search.keywords, fetch, "next_token", "post", search)

    def _account_sweeps(self, user_id: str) -> list[Sweep]:
        def mentions(**params: Any) -> dict[str, Any]:
            return self._client.mentions(user_id, **params)

        def timeline(**params: Any) -> dict[str, Any]:
            return self._client.timeline(user_id, **params)

        # What was posted is known before what answers it.
        return [
            Sweep(f"posts:{user_id}", (), timeline, "pagination_token", "owned"),
            Sweep(
                f"mentions:{user_id}", (), mentions, "pagination_token", "owned", own=Own.MENTION
            ),
        ]

    def _know_account(self, place: Place, handle: str, purse: Purse) -> tuple[Place, Cost]:
        """The place with the account's id in it; asked for once."""
        if handle.lower() in place.users:
            return place, Cost()
        cost = self._prices.cost(user=1)
        purse.ask(cost)
        answer = self._client.user(handle)
        user = answer.get("data")
        if not isinstance(user, Mapping) or not user.get("id"):
            raise Gone(f"An administrator must correct the source: X has no account @{handle}.")
        purse.pay(cost)
        self._client.take_cost()
        users = {**place.users, handle.lower(): str(user["id"])}
        return replace(place, users=users), cost


def _accounts(query: Query) -> list[str]:
    """The team's own accounts: the scope, or those among the topic's communities."""
    names = [query.scope] if query.scope else query.communities
    handles = [name.strip().removeprefix("@") for name in names if name.strip().startswith("@")]
    return list(dict.fromkeys(handle for handle in handles if handle))
