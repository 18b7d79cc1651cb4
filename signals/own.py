"""What counts through something else: through its target, or because it engages with the team.

The team's own posts are stored so that others' likes, reposts and answers have a target; they are
nobody's signal. Who engages with them, or names the team, is of the collection's topic whatever
words they use.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Match, Signal
from signals.accounts import AccountKey, load_own_accounts
from signals.collectors.contract import WORDLESS_KINDS, Engagement, Kind, Own
from signals.edits import Found, FoundKeyword, drop_derived, insert_matches
from signals.listening import Selection
from signals.tombstones import chunks

_HOLDING = (Kind.POST, Kind.COMMENT, Kind.QUOTE)  # kinds that can be a target
#: What a stored signal can be a target for: whether it is the team's own, and its keywords.
_Holder = tuple[bool, list[FoundKeyword]]
_NOTHING: _Holder = (False, [])


class Team:
    """The team's own accounts, of which a page's marks may bring more."""

    def __init__(self, session: Session, selection: Selection) -> None:
        seen = [*(e for e, _ in selection.matched), *selection.dependent]
        #: Accounts that this page says are the team's.
        self.marked = {_author(e) for e in seen if e.own is Own.POST} | selection.team
        self._accounts = load_own_accounts(session, {e.network for e in seen}) | self.marked
        self._topics = selection.own_topics

    def claim(self, engagement: Engagement) -> Engagement | None:
        """The same; marked where the team did it itself, ``None`` where that says nothing."""
        if _author(engagement) not in self._accounts:
            return engagement
        if engagement.kind in WORDLESS_KINDS:
            return None  # whoever likes as the team is no prospect, and nobody likes a like
        return replace(engagement, own=Own.POST)

    def of_topics(self, engagement: Engagement) -> list[FoundKeyword]:
        """The topics an engagement is of without a keyword."""
        return [] if engagement.own is None else [FoundKeyword(one, None) for one in self._topics]

    def find_engaged(self, session: Session, matched: Sequence[Found]) -> list[Found]:
        """The same, marked where they answer or quote a post of the team, with its topics."""
        if not self._accounts:
            return list(matched)
        holders = _load_holders(session, [e for e, _ in matched])
        engaged: list[Found] = []
        for engagement, found in matched:
            own = _own_holder(engagement, holders)
            if own is None:
                engaged.append((engagement, found))
                continue
            known = {(one.topic_id, one.keyword_id) for one in found}
            more = [one for one in own if (one.topic_id, one.keyword_id) not in known]
            engaged.append((replace(engagement, own=Own.ENGAGED), [*found, *more]))
        return engaged


def inherit(session: Session, waiting: Sequence[Engagement]) -> list[tuple[Engagement, Found]]:
    """Those whose target is a stored signal, each with itself as it is stored and its keywords.

    What answers below a post of the team inherits from it at any depth.
    """
    holders = _load_holders(session, waiting)
    inherited: list[tuple[Engagement, Found]] = []
    for engagement in waiting:
        own = _own_holder(engagement, holders)
        if own is not None:
            mark = engagement.own if engagement.own is Own.POST else Own.ENGAGED
            inherited.append((engagement, (replace(engagement, own=mark), own)))
            continue
        _, found = holders.get((engagement.network, engagement.target_external_id or ""), _NOTHING)
        if found:
            inherited.append((engagement, (engagement, found)))
    return inherited


def adopt(session: Session, again: Sequence[Found], *, now: datetime) -> set[int]:
    """Give marks to signals that were stored without: a search may find them first.

    A topic that is new to a signal has it scored again, and what turns out to be the team's own
    loses what was derived from it. Returns the prospects that lost evidence.
    """
    marked = {
        (e.network, e.kind.value, e.external_id): (e.own, found) for e, found in again if e.own
    }
    affected: set[int] = set()
    for signal_id, before, key in _load_stored(session, list(marked)):
        own, found = marked[key]
        if before == Own.POST:
            own = Own.POST
        elif before == Own.ENGAGED and own is Own.MENTION:
            own = Own.ENGAGED  # what is known more closely stays
        heard = set(
            session.scalars(select(Match.topic_id).where(Match.signal_id == signal_id)).all()
        )
        is_new = any(one.topic_id not in heard for one in found)
        if own == before and not is_new:
            continue
        values: dict[str, object] = {"own": own.value}
        if own is Own.POST:
            values["scored_at"] = now
        elif is_new:
            values["scored_at"] = None
        if len(values) > 1:
            affected |= drop_derived(session, [signal_id])
        session.execute(update(Signal).where(Signal.id == signal_id).values(**values))
        insert_matches(session, [(signal_id, found)])
    return affected


def _load_stored(
    session: Session, keys: Sequence[tuple[str, str, str]]
) -> list[tuple[int, str | None, tuple[str, str, str]]]:
    """Row number, mark and key of those that are stored."""
    stored: list[tuple[int, str | None, tuple[str, str, str]]] = []
    for network in sorted({network for network, _, _ in keys}):
        ids = sorted({name for at, _, name in keys if at == network})
        for chunk in chunks(ids):
            rows = session.execute(
                select(Signal.id, Signal.own, Signal.kind, Signal.external_id).where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.deleted_at.is_(None),
                )
            ).all()
            stored += [
                (id_, own, key)
                for id_, own, kind, external_id in rows
                if (key := (network, kind, external_id)) in keys
            ]
    return stored


def _author(engagement: Engagement) -> AccountKey:
    return engagement.network, engagement.author.external_id


def _own_holder(
    engagement: Engagement, holders: dict[tuple[str, str], _Holder]
) -> list[FoundKeyword] | None:
    """The keywords of the team's post it engages with; ``None`` if it engages with none."""
    for name in _holding_names(engagement):
        is_own, found = holders.get((engagement.network, name), _NOTHING)
        if is_own and found:
            return found
    return None


def _holding_names(engagement: Engagement) -> Iterable[str]:
    """What it may be engaged with: its target, and below which post a conversation began."""
    if engagement.target_external_id:
        yield engagement.target_external_id
    if engagement.parent_external_id and engagement.kind is Kind.COMMENT:
        yield engagement.parent_external_id


def _load_holders(
    session: Session, engagements: Sequence[Engagement]
) -> dict[tuple[str, str], _Holder]:
    """The stored signals these engage with. Without a keyword only the team's own post holds."""
    wanted = {(e.network, name) for e in engagements for name in _holding_names(e)}
    holders: dict[tuple[str, str], _Holder] = {}
    for network in sorted({network for network, _ in wanted}):
        ids = sorted(name for at, name in wanted if at == network)
        for chunk in chunks(ids):
            rows = session.execute(
                select(Signal.external_id, Signal.own, Match.topic_id, Match.keyword_id)
                .join(Match, Match.signal_id == Signal.id)
                .where(
                    Signal.network == network,
                    Signal.external_id.in_(chunk),
                    Signal.kind.in_(_HOLDING),
                    Signal.deleted_at.is_(None),
                )
            )
            for external_id, own, topic_id, keyword_id in rows:
                is_own = own == Own.POST
                if keyword_id is None and not is_own:
                    continue
                _, found = holders.setdefault((network, external_id), (is_own, []))
                found.append(FoundKeyword(topic_id, keyword_id))
    return holders
