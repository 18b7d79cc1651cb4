"""What is shown adds up to what is stored, told by arithmetic that shares nothing with the code's.

Points are computed here from the stored evidence in decimals of 40 digits, and read back from what
people see: pages in both languages, a command's JSON, its text.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.bootstrap import Workspace
from app.cli.leaving import list_document
from app.jobs import build_all_lists
from app.web.application import create_app
from models import Account, Assignment, DailyList, Evidence, Person, Prospect, Rep, Signal, Topic
from prospects.refresh import recompute
from quotas.lists import load_list
from tests.app.web.conftest import Browser, SettableClock
from tests.app.web.small_workspace import NOW, TODAY, fill, open_small_workspace

_HALF_LIFE = timedelta(hours=168)
_ARABIC = str.maketrans("٠١٢٣٤٥٦٧٨٩٫", "0123456789.")


def _hundredths(points: float, occurred_at: datetime) -> int:
    """What a piece of evidence is worth now, in hundredths: halved once a week, rounded once."""
    with localcontext() as context:
        context.prec = 40
        age = Decimal((NOW - occurred_at) // timedelta(microseconds=1)) / Decimal(
            _HALF_LIFE // timedelta(microseconds=1)
        )
        worth = Decimal(points) * Decimal(2) ** -age * 100
        return int(worth.to_integral_value(ROUND_HALF_EVEN))


@pytest.fixture
def shown(tmp_path: Path) -> Iterator[tuple[Workspace, Browser]]:
    """A list of today's of people with one to eighty pieces of evidence, as a rep sees it."""
    dice = random.Random(20261125)
    workspace = open_small_workspace(tmp_path / "home")
    with workspace.db.write() as session:
        rep_id = fill(session, posts=(), earlier=0, done=0, target=40).id
        session.query(DailyList).delete()
        topic_id = session.scalars(select(Topic.id).order_by(Topic.id)).first()
        assert topic_id is not None
        made = []
        for number, count in enumerate((1, 2, 5, 6, 7, 12, 80)):
            person = Person(created_at=NOW)
            session.add(person)
            session.flush()
            account = Account(
                person_id=person.id, network="file", external_id=f"a{number}",
                handle=f"sample_{number}", first_seen_at=NOW,
            )  # fmt: skip
            prospect = Prospect(
                person_id=person.id, topic_id=topic_id, warmth_key=0.0, newest_at=NOW
            )
            session.add_all([account, prospect])
            session.flush()
            for piece in range(count):
                at = NOW - timedelta(microseconds=dice.randrange(14 * 86_400_000_000))
                signal = Signal(
                    network="file", kind="comment", external_id=f"c{number}-{piece}",
                    account_id=account.id, text="Is a rollover worth it?", language="en",
                    metrics={}, occurred_at=at, observed_at=at, scored_at=at,
                )  # fmt: skip
                session.add(signal)
                session.flush()
                session.add(
                    Evidence(
                        prospect_id=prospect.id, signal_id=signal.id, code="kind.comment",
                        points=dice.choice((0.004, 0.3, 1.7)) * (0.5 + dice.random()),
                        occurred_at=at,
                    )
                )  # fmt: skip
            session.add(
                Evidence(
                    prospect_id=prospect.id, signal_id=_post(session, account), points=2.6,
                    code="cue.asks_which", occurred_at=NOW - timedelta(days=1),
                )
            )  # fmt: skip
            made.append(prospect.id)
        session.flush()
        recompute(session, made)
    build_all_lists(workspace, on=TODAY, now=NOW)
    app = create_app(workspace, SettableClock())
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.cookies.set("rep", str(rep_id))
        yield workspace, Browser(client)
    workspace.db.close()


def _post(session: Session, account: Account) -> int:
    at = NOW - timedelta(days=1)
    signal = Signal(
        network="file", kind="post", external_id=f"p{account.id}", account_id=account.id,
        text="Which rollover should I choose?", language="en", metrics={}, occurred_at=at,
        observed_at=at, scored_at=at,
    )  # fmt: skip
    session.add(signal)
    session.flush()
    return signal.id


def _told(workspace: Workspace) -> dict[int, dict[int, int]]:
    """By person and signal what the stored evidence is worth, in hundredths."""
    told: dict[int, dict[int, int]] = {}
    with workspace.db.read() as session:
        for person_id, signal_id, points, at in session.execute(
            select(
                Prospect.person_id, Evidence.signal_id, Evidence.points, Evidence.occurred_at
            ).join(Prospect, Prospect.id == Evidence.prospect_id)
        ):
            told.setdefault(person_id, {})[signal_id] = _hundredths(points, at)
    return told


def _cents(text: str) -> int:
    """Points as they are written, in either digits, as hundredths."""
    return int(Decimal(text.translate(_ARABIC).strip("+\u200e\u200f\u061c \u2066\u2069")) * 100)


def test_a_list_as_stored_and_as_json_is_the_sum_of_its_evidence(
    shown: tuple[Workspace, Browser],
) -> None:
    workspace, _ = shown
    told = _told(workspace)
    with workspace.db.read() as session:
        stored = {row.person_id: row.warmth for row in session.scalars(select(Assignment))}
        rep = session.scalars(select(Rep).order_by(Rep.id)).first()
        assert rep is not None
        items = list_document(load_list(session, rep, TODAY, now=NOW))["items"]
    assert len(items) == len(told) == 7
    for item in items:
        worth = told[item["person"]]
        assert round(100 * stored[item["person"]]) == sum(worth.values())
        assert item["warmth"] == stored[item["person"]]
        named = []
        for reason in item["reasons"]:
            ids = reason["signals"] if reason["signal"] is None else [reason["signal"]]
            assert round(100 * reason["points"]) == sum(worth[one] for one in ids)
            named += ids
        # every signal that is worth anything is named, and none twice
        assert sorted(named) == sorted(one for one, points in worth.items() if points)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_pages_show_the_same_points_and_each_leads_to_its_signal(
    shown: tuple[Workspace, Browser], language: str
) -> None:
    workspace, browser = shown
    for person_id, worth in _told(workspace).items():
        with workspace.db.read() as session:
            number = session.scalars(
                select(Assignment.id).where(Assignment.person_id == person_id)
            ).one()
        total = sum(worth.values())
        card = browser.open(f"/today?open={number}&lang={language}").text
        rows = re.findall(
            r'<tr><th scope="row"><a href="/prospects/(\d+)(?:\?all=yes)?#(s\d+|story-h)">'
            r".*?<data value=\"([^\"]+)\">([^<]+)</data>",
            card,
        )
        foot = re.search(r'<tfoot>.*?<data value="([^"]+)">([^<]+)</data>', card)
        assert foot
        assert _cents(foot[2]) == _cents(foot[1]) == total
        assert sum(_cents(written) for _, _, _, written in rows) == total
        for person, place, value, written in rows:
            assert int(person) == person_id
            assert _cents(written) == _cents(value)
            if place != "story-h":
                assert _cents(written) == worth[int(place[1:])]
        for asked in ("", "all=yes&"):
            page = browser.open(f"/prospects/{person_id}?{asked}lang={language}").text
            head = re.search(r'<h1.*?<data value="[^"]*">([^<]+)</data>', page)
            assert head
            assert _cents(head[1]) == total
            parts = re.findall(r'class="pts" value="[^"]*">([^<]+)</data>', page)
            assert sum(_cents(part) for part in parts) == total
        assert {int(one) for one in re.findall(r'class="signal" id="s(\d+)"', page)} == set(worth)
