"""A synthetic workspace of any size: signals, evidence, prospects, a team of reps."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import insert

from app.bootstrap import Workspace
from models import Account, Evidence, Match, Person, Prospect, Signal, StoredScore
from prospects.warmth import add_keys, key_of
from quotas.staff import create_rep, create_team, set_quota
from signals.catalog import create_topic

_PER_PERSON = 3  # signals by one author
_SLICE = 20_000


def build_supply(workspace: Workspace, *, signals: int, reps: int, now: datetime) -> None:
    """Fill a migrated workspace; evidence is spread over 30 days, most of it weak."""
    rng = random.Random(11)  # noqa: S311 - the same workspace every time, nothing secret
    with workspace.db.write() as session:
        team = create_team(
            session, name="Bench", time_zone="UTC", first_weekday="monday", weekend=[], now=now
        )
        for number in range(reps):
            rep = create_rep(session, team, name=f"Rep {number + 1}", now=now)
            set_quota(session, rep, target=70, per="week", threshold=0.5, now=now)
        topics = [
            create_topic(
                session, name=f"Topic {number + 1}", keywords=[f"keyword {number + 1}"],
                defaults=workspace.settings.topic, now=now,
            )
            for number in range(3)
        ]  # fmt: skip
        names = [(topic.id, topic.keywords[0].id) for topic in topics]
        half_life = timedelta(hours=topics[0].half_life_hours)
    people = signals // _PER_PERSON
    for first in range(0, people, _SLICE):
        numbers = range(first + 1, min(people, first + _SLICE) + 1)
        with workspace.db.write() as session:
            session.execute(insert(Person), [{"id": n, "created_at": now} for n in numbers])
            session.execute(
                insert(Account),
                [
                    {"id": n, "person_id": n, "network": "file", "external_id": f"u{n}",
                     "handle": f"bench_{n}", "first_seen_at": now}
                    for n in numbers
                ],
            )  # fmt: skip
            rows: list[dict[str, object]] = []
            matches, scores, evidence, prospects = [], [], [], []
            for n in numbers:
                topic_id, keyword_id = names[n % len(names)]
                terms = []
                for k in range(_PER_PERSON):
                    signal_id = (n - 1) * _PER_PERSON + k + 1
                    at = now - timedelta(minutes=rng.randint(1, 30 * 24 * 60))
                    points = 3.0 * rng.betavariate(0.6, 3.0) + 0.02
                    terms.append((points, at))
                    rows.append(
                        {"id": signal_id, "network": "file", "kind": "post",
                         "external_id": f"s{signal_id}", "account_id": n,
                         "text": f"Which keyword {n} should I choose?", "metrics": {},
                         "occurred_at": at, "observed_at": at, "scored_at": at, "language": "en"}
                    )  # fmt: skip
                    matches.append(
                        {"signal_id": signal_id, "keyword_id": keyword_id, "topic_id": topic_id,
                         "start": 6, "end": 13}
                    )  # fmt: skip
                    scores.append(
                        {"signal_id": signal_id, "topic_id": topic_id, "scorer_version": "bench",
                         "intents": {}, "relevance": 1.0, "prospect": min(points / 3.0, 1.0),
                         "reasons": [["cue.asks_which", 1.0, 0, 5]], "scored_at": at}
                    )  # fmt: skip
                    evidence.append(
                        {"prospect_id": n, "signal_id": signal_id, "points": points,
                         "code": "cue.asks_which", "occurred_at": at}
                    )  # fmt: skip
                prospects.append(
                    {"id": n, "person_id": n, "topic_id": topic_id,
                     "warmth_key": add_keys(key_of(p, t, half_life) for p, t in terms),
                     "newest_at": max(t for _, t in terms)}
                )  # fmt: skip
            for table, batch in (
                (Signal, rows), (Match, matches), (StoredScore, scores), (Prospect, prospects),
                (Evidence, evidence),
            ):  # fmt: skip
                session.execute(insert(table), batch)
