"""Pages of people of the X API v2: who liked, reposted or follows. Pure mapping.

X does not say when. The moment of asking stands in: the truth lies before it.
Source: docs.x.com, liking users, retweeted by, followers; NETWORKS.md section 1.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import msgspec

from signals.collectors.contract import Engagement, Flag, Kind, Malformed
from signals.collectors.x.posts import (
    NETWORK,
    SITE,
    UNREADABLE,
    User,
    author_of,
    to_malformed,
)

_PROTECTED: Final = frozenset({Flag.PROTECTED})


def to_likes(
    page: object, target_id: str, asked_at: datetime
) -> tuple[list[Engagement], list[Malformed]]:
    """The people of a ``liking_users`` page as likes of the post ``target_id``. Never raises."""
    return _to_reactions(page, Kind.LIKE, target_id, asked_at)


def to_reposts(
    page: object, target_id: str, asked_at: datetime
) -> tuple[list[Engagement], list[Malformed]]:
    """The people of a ``retweeted_by`` page as reposts of the post ``target_id``. Never raises."""
    return _to_reactions(page, Kind.REPOST, target_id, asked_at)


def to_follows(
    page: object, user_id: str, asked_at: datetime, *, is_follower: bool = False
) -> tuple[list[Engagement], list[Malformed]]:
    """The people of a ``followers`` page, or of a ``following`` page with ``is_follower``.

    ``user_id`` is whose page it is: the followed one, or the follower. Never raises.
    """
    users, malformed = _read_users(page)
    follows = []
    for user in users:
        follower, followed = (None, user) if is_follower else (user, None)
        actor_id, target_id = (user_id, user.id) if is_follower else (user.id, user_id)
        handle = followed.username if followed is not None else None
        follows.append(
            Engagement(
                network=NETWORK,
                external_id=f"{target_id}:{actor_id}",
                kind=Kind.FOLLOW,
                author=author_of(actor_id, follower),
                text=None,
                url=f"{SITE}/{handle}" if handle else f"{SITE}/i/user/{target_id}",
                occurred_at=asked_at,
                target_external_id=target_id,
                flags=_flags(follower),
            )
        )
    return follows, malformed


def _to_reactions(
    page: object, kind: Kind, target_id: str, asked_at: datetime
) -> tuple[list[Engagement], list[Malformed]]:
    users, malformed = _read_users(page)
    reactions = [
        Engagement(
            network=NETWORK,
            external_id=f"{target_id}:{user.id}",
            kind=kind,
            author=author_of(user.id, user),
            text=None,
            url=f"{SITE}/i/web/status/{target_id}",
            occurred_at=asked_at,
            target_external_id=target_id,
            flags=_flags(user),
        )
        for user in users
    ]
    return reactions, malformed


def _read_users(page: object) -> tuple[list[User], list[Malformed]]:
    data: Any = page.get("data") if isinstance(page, Mapping) else None
    users: list[User] = []
    malformed: list[Malformed] = []
    for item in data if isinstance(data, list) else [] if data is None else [data]:
        try:
            users.append(msgspec.convert(item, User))
        except UNREADABLE as error:
            malformed.append(to_malformed(str(error), item))
    return users, malformed


def _flags(user: User | None) -> frozenset[Flag]:
    return _PROTECTED if user is not None and user.protected else frozenset()
