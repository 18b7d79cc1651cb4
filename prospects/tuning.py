"""Weights as managers tune them: every version with its author, date and reason."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import Refused
from config.settings import WarmthSettings
from models import StoredScore, Topic, WarmthVersion
from signals.catalog import find_topic

#: Author of a version that nobody tuned: what the configuration says.
CONFIGURATION = "configuration"
_HALF_LIVES = "half_lives"  # of topics, by name, as far as somebody tuned them
_LONGEST_HOURS = 10 * 365 * 24.0


def in_force(session: Session) -> WarmthVersion | None:
    """The newest version; ``None`` while everything is as configured and nothing was scored."""
    return session.scalar(select(WarmthVersion).order_by(WarmthVersion.number.desc()).limit(1))


def load_weights(session: Session, configured: WarmthSettings) -> WarmthSettings:
    """The weights in force: the newest version's, else those configured."""
    version = in_force(session)
    return configured if version is None else WarmthSettings(**version.settings)


def note_configuration(
    session: Session, configured: WarmthSettings, *, now: datetime
) -> WarmthVersion:
    """The version in force, made from the configuration where nobody tuned.

    What a manager tuned stands above the configuration; a changed configuration that nobody tuned
    over becomes a version of its own. A version with nothing to make again is applied at once.
    """
    version = in_force(session)
    values = configured.model_dump()
    if version is not None and (version.author != CONFIGURATION or version.settings == values):
        return version
    why = "as configured" if version is None else "the configuration was changed"
    return _append(session, values, author=CONFIGURATION, why=why, now=now)


def tune(
    session: Session,
    changes: dict[str, float],
    *,
    author: str,
    why: str,
    configured: WarmthSettings,
    now: datetime,
) -> WarmthVersion:
    """A new version with these changes, named as in ``defaults.toml``, ``identity.seller`` too.

    ``half_life.TOPIC`` (hours) changes a topic's half-life.
    Evidence still has to be made again by it (``applied_at`` is empty). Refuses unknown names,
    values out of range, a change without author or reason, and one that changes nothing.
    """
    if not author.strip() or not why.strip():
        raise Refused("A change of weights needs who and why.", "Give --by and --why.", 2)
    before = note_configuration(session, configured, now=now)
    values: dict[str, Any] = WarmthSettings(**before.settings).model_dump()
    half_lives = dict(before.settings.get(_HALF_LIVES, {}))
    for name, value in changes.items():
        if name.startswith("half_life."):
            topic = find_topic(session, name.removeprefix("half_life."))
            half_lives[topic.name] = _set_half_life(topic, value, now)
            continue
        group, _, part = name.rpartition(".")
        target = values.get(group) if group else values
        if not isinstance(target, dict) or not isinstance(target.get(part), float):
            known = [key for key, old in values.items() if isinstance(old, float)]
            known += [f"identity.{key}" for key in values["identity"]]
            raise Refused(
                "There is no weight %(name)s.",
                "Known: %(known)s.",
                2,
                name=repr(name),
                known=", ".join(known),
            )
        target[part] = value
    try:
        checked = WarmthSettings(**values).model_dump()
        if half_lives:
            checked[_HALF_LIVES] = half_lives
    except ValueError as error:
        raise Refused(
            "A weight is out of range: %(first_line)s.",
            "Weights are 0 or more; repeat and identity are shares up to 1.",
            2,
            first_line=_first_line(error),
            fault="out_of_range",
        ) from error
    if checked == before.settings:
        raise Refused("Nothing would change.", "See: warmlist warmth show")
    return _append(session, checked, author=author.strip(), why=why.strip(), now=now)


def _set_half_life(topic: Topic, hours: float, now: datetime) -> float:
    if not 0 < hours <= _LONGEST_HOURS:
        raise Refused(
            "A half-life of %(hours)s hours is out of range.",
            "Give hours over 0.",
            2,
            hours=f"{hours:g}",
            fault="out_of_range",
        )
    topic.half_life_hours, topic.updated_at = hours, now
    topic.version += 1
    return hours


def history(session: Session) -> list[WarmthVersion]:
    """Every version, newest first."""
    return list(session.scalars(select(WarmthVersion).order_by(WarmthVersion.number.desc())))


def _append(
    session: Session, values: dict[str, Any], *, author: str, why: str, now: datetime
) -> WarmthVersion:
    newest = in_force(session)
    nothing_yet = session.scalar(select(StoredScore.id).limit(1)) is None
    version = WarmthVersion(
        number=1 if newest is None else newest.number + 1,
        settings=values,
        author=author,
        why=why,
        created_at=now,
        applied_at=now if nothing_yet else None,
    )
    session.add(version)
    session.flush()
    return version


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join(lines[1:3]).partition(" [")[0] if len(lines) > 2 else lines[0]
