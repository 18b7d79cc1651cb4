"""A past list made again from what its builds kept, and compared with what was listed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from config.errors import NotFound
from config.settings import ListSettings, read_defaults
from models import DailyList, ListBuild, Prospect, Rep, Topic
from prospects.ranked import RankedProspect, TopicRank, explain_people
from quotas.allocate import allocate
from quotas.explore import draw
from quotas.fingerprint import HashedItem, hash_items, read_items
from quotas.record import read_inputs
from quotas.verify import check_allocation
from signals.tombstones import chunks


@dataclass(frozen=True, slots=True)
class Replay:
    """What making a list again gave.

    ``decided_alike``: from what was kept the same people come out, for the whole team; ``faults``:
    what the checker finds wrong with it; ``changes``: what differs from the list as it was, because
    evidence was corrected, deleted or heard of later. ``topic_versions``: which version of each
    topic the day's newest build used, by name.
    """

    rep: str
    on: date
    recorded_hash: str
    rebuilt_hash: str
    decided_alike: bool
    faults: tuple[str, ...]
    changes: tuple[str, ...]
    items: tuple[HashedItem, ...]
    topic_versions: dict[str, int]

    @property
    def equal(self) -> bool:
        """Whether the list comes out byte for byte."""
        return self.recorded_hash == self.rebuilt_hash


def load_builds(session: Session, rep: Rep, on: date) -> list[ListBuild]:
    """The builds of the rep's team for a day, oldest first; refuses a day without any."""
    builds = session.scalars(
        select(ListBuild)
        .where(ListBuild.team_id == rep.team_id, ListBuild.listed_on == on)
        .order_by(ListBuild.id)
    ).all()
    if not builds:
        raise NotFound(
            "No list of %(name)s was built for %(on)s, or an older version built it.",
            "See: warmlist lists build --date DATE",
            name=rep.name,
            on=on,
        )
    return list(builds)


def replay_list(session: Session, rep: Rep, on: date) -> Replay:
    """Make a rep's list of a day again: decide anew, and explain everybody anew from the evidence.

    Deciding uses the needs, the supply and the seed each build kept; explaining uses the evidence
    of up to then as it stands today, under the settings in force then.
    """
    builds = load_builds(session, rep, on)
    alike = True
    faults: list[str] = []
    items: list[HashedItem] = []
    for build in builds:
        capacities, candidates, ledger = read_inputs(build)
        again = allocate(capacities, candidates, frozenset(), ledger, seed=build.seed)
        faults += check_allocation(capacities, candidates, frozenset(), ledger, again)
        decided = sorted(
            [number, one.person_id, one.topic_id]
            for number, got in again.assigned.items()
            for one in got
        )
        given = build.details["given"]
        alike = alike and decided == sorted(g[:3] for g in given if g[3] == "warmth")
        alike = alike and _tries_alike(build, on)
        items += _explain(session, build, [g for g in given if g[0] == rep.id], len(items))
    listed = session.scalars(
        select(DailyList).where(DailyList.rep_id == rep.id, DailyList.listed_on == on)
    ).one_or_none()
    recorded = listed.content_hash if listed is not None else ""
    return Replay(
        rep=rep.name,
        on=on,
        recorded_hash=recorded,
        rebuilt_hash=hash_items(session, items, on),
        decided_alike=alike,
        faults=tuple(faults),
        changes=tuple(_differences(read_items(session, rep.id, on), items)),
        items=tuple(items),
        topic_versions=_read_versions(session, builds[-1], items),
    )


def _read_versions(
    session: Session, build: ListBuild, items: Sequence[HashedItem]
) -> dict[str, int]:
    """Of topics on the list; of all that were looked through where nobody is on it."""
    kept: dict[str, int] = build.details.get("topic_versions", {})
    of = {item.topic_id for item in items} or {int(number) for number in kept}
    rows = session.execute(
        select(Topic.id, Topic.name).where(Topic.id.in_(sorted(of))).order_by(Topic.name)
    )
    return {name: kept[str(number)] for number, name in rows if str(number) in kept}


def _tries_alike(build: ListBuild, on: date) -> bool:
    pool: list[list[Any]] = build.details["pool"]
    tries = {g[1] for g in build.details["given"] if g[3] == "explore"}
    wanted = build.details["tries"]
    drawn = draw([weight for _, _, weight in pool], wanted, seed=f"{build.seed}:{on}:tries")
    return tries <= {pool[place][0] for place, _ in drawn}


def _explain(
    session: Session, build: ListBuild, given: Sequence[list[Any]], before: int
) -> list[HashedItem]:
    # a setting that came later was not there to be kept
    settings = ListSettings(**(read_defaults()["lists"] | build.details["settings"]))
    topics = {
        number: TopicRank(number, timedelta(hours=half_life), timedelta(days=window), tuple(langs))
        for number, half_life, window, langs in build.details["topics"]
    }
    rows: dict[int, list[tuple[int, int]]] = {}
    for chunk in chunks(sorted({person for _, person, _, _ in given})):
        for number, person_id, topic_id in session.execute(
            select(Prospect.id, Prospect.person_id, Prospect.topic_id)
            .where(Prospect.person_id.in_(chunk))
            .order_by(Prospect.id)
        ):
            rows.setdefault(topic_id, []).append((number, person_id))
    found: dict[tuple[int, int], RankedProspect] = {}
    for topic_id, topic in topics.items():
        for one in explain_people(session, topic, rows.get(topic_id, []), build.as_of, settings):
            found[one.person_id, topic_id] = one
    items = []
    for rank, (_, person_id, topic_id, source) in enumerate(given, start=before + 1):
        ranked = found.get((person_id, topic_id))
        if ranked is not None:  # else nothing is left to show of them
            items.append(
                HashedItem(
                    rank, person_id, topic_id, ranked.quoted_signal_id, ranked.warmth.hundredths,
                    source, tuple((r.hundredths, r.code) for r in ranked.warmth.reasons),
                )
            )  # fmt: skip
    return items


def _differences(listed: Sequence[HashedItem], again: Sequence[HashedItem]) -> list[str]:
    now = {item.person_id: item for item in again}
    words = []
    for item in listed:
        other = now.pop(item.person_id, None)
        if other is None:
            words.append(f"rank {item.rank}: what they said is gone, or they were handed over")
        elif other != item:
            words.append(
                f"rank {item.rank}: warmth was {item.hundredths / 100:.2f}, from the evidence of"
                f" today it is {other.hundredths / 100:.2f}"
                if other.hundredths != item.hundredths
                else f"rank {item.rank}: the reasons have changed"
            )
    words += [f"rank {item.rank}: is not among the assignments" for item in now.values()]
    return words
