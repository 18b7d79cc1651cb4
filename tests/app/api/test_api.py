"""The addresses for programs: shapes, scopes, rows, and a contact recorded once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select

from app.access.tokens import SCOPES, create_token
from app.access.users import create_user
from app.bootstrap import Workspace
from app.web.application import create_app
from models import Assignment, Rep, Team, Topic, Touch
from tests.app.web.conftest import SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.factories import make_prospect

Client = TestClient[Any]


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_small_workspace(tmp_path / "home", "closed")
    with opened.db.write() as session:
        own = fill(session)
        team = Team(name="Other", time_zone="UTC", first_weekday=0, weekend=[5, 6], created_at=NOW)
        session.add(Rep(team=team, name="Foreign", created_at=NOW))
        session.flush()
        for email, role, rep_id, teams in (
            ("rep@example.org", "rep", own.id, ()),
            ("manager@example.org", "manager", None, (own.team_id,)),
        ):
            create_user(
                session, email=email, name=email, role=role, password_hash="x", rep_id=rep_id,
                team_ids=teams, now=NOW,
            )  # fmt: skip
    yield opened
    opened.db.close()


@pytest.fixture
def client(closed: Workspace) -> Iterator[Client]:
    with TestClient(create_app(closed, SettableClock()), base_url="http://127.0.0.1") as client:
        yield client


def _token(workspace: Workspace, user_id: int, scopes: tuple[str, ...] = SCOPES) -> dict[str, str]:
    with workspace.db.write() as session:
        token = create_token(session, user_id, name="test", scopes=scopes, now=NOW)
    return {"Authorization": f"Bearer {token}"}


def test_a_list_is_read_as_the_command_line_prints_it(client: Client, closed: Workspace) -> None:
    read = client.get("/api/lists", headers=_token(closed, 1)).json()
    assert (read["rep"], read["date"]) == ("Noor", "2026-11-25")
    item = read["items"][0]
    assert {"assignment", "rank", "person", "account", "network", "reasons", "state"} <= set(item)
    points = sum(reason["points"] for reason in item["reasons"])
    assert points == pytest.approx(item["warmth"])


def test_attainment_is_of_those_one_may_see(client: Client, closed: Workspace) -> None:
    for user_id in (1, 2):
        rows = client.get("/api/attainment", headers=_token(closed, user_id)).json()
        assert [(row["rep"], row["target"], row["rank"]) for row in rows] == [("Noor", 10, 1)]
    with closed.db.write() as session:
        session.get_one(Team, 1).leaderboard = False
    for user_id in (1, 2):
        (row,) = client.get("/api/attainment", headers=_token(closed, user_id)).json()
        assert row["rank"] is None


def test_a_contact_is_recorded_once_by_its_key(client: Client, closed: Workspace) -> None:
    headers = _token(closed, 1) | {"Idempotency-Key": "k1"}
    with closed.db.read() as session:
        opened = session.scalars(
            select(Assignment.id).where(Assignment.closed_at.is_(None)).order_by(Assignment.id)
        ).first()
        before = session.scalar(select(func.count(Touch.id)))
    body = {"assignment": opened, "channel": "call", "disposition": "contacted"}
    answers = [client.post("/api/touches", headers=headers, json=body) for _ in range(2)]
    assert [one.status_code for one in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    with closed.db.read() as session:
        assert session.scalar(select(func.count(Touch.id))) == (before or 0) + 1
    again = client.post("/api/touches", headers=headers | {"Idempotency-Key": "k2"}, json=body)
    assert again.status_code == 409
    assert again.json()["error"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"no json", 400),
        (b"[]", 400),
        (b'{"assignment": true, "channel": "call", "disposition": "contacted"}', 400),
        (b'{"assignment": 9, "channel": 1, "disposition": "contacted"}', 400),
        (b'{"assignment": 9, "channel": "pigeon", "disposition": "contacted"}', 400),
        (b'{"assignment": 99999, "channel": "call", "disposition": "contacted"}', 404),
        (b'{"assignment": 99999999999999999999, "channel": "call", "disposition": "won"}', 404),
    ],
)
def test_what_cannot_be_recorded_is_said_as_json(
    client: Client, closed: Workspace, body: bytes, status: int
) -> None:
    headers = _token(closed, 1) | {"Idempotency-Key": "k"}
    answer = client.post("/api/touches", headers=headers, content=body)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "remedy"}


def test_only_a_token_of_that_scope_opens_an_address(client: Client, closed: Workspace) -> None:
    assert client.get("/api/lists").status_code == 401
    assert "token" in client.get("/api/lists").json()["error"]
    wrong = {"Authorization": "Bearer wl_nobody"}
    assert client.get("/api/lists", headers=wrong).status_code == 401
    other = _token(closed, 1, ("attainment:read",))
    assert client.get("/api/lists", headers=other).status_code == 404
    assert client.post("/api/touches", headers=other, json={}).status_code == 404


def test_others_rows_are_not_there(client: Client, closed: Workspace) -> None:
    rep, manager = _token(closed, 1), _token(closed, 2)
    assert client.get("/api/lists?rep=2", headers=rep).status_code == 404  # a mate's
    assert client.get("/api/lists?rep=2", headers=manager).status_code == 200
    for headers in (rep, manager):
        assert client.get("/api/lists?rep=3", headers=headers).status_code == 404
        assert client.get("/api/attainment?rep=3", headers=headers).status_code == 404
    assert client.get("/api/lists", headers=manager).status_code == 404  # works no list
    assert client.get("/api/lists?rep=many", headers=rep).status_code == 400
    body = {"assignment": 1, "channel": "call", "disposition": "contacted"}
    headers = manager | {"Idempotency-Key": "k"}
    assert client.post("/api/touches", headers=headers, json=body).status_code == 404


def test_an_open_workspace_answers_no_program(tmp_path: Path) -> None:
    opened = open_small_workspace(tmp_path / "home")
    with TestClient(create_app(opened, SettableClock()), base_url="http://127.0.0.1") as client:
        assert client.get("/api/lists").status_code == 404
        assert client.post("/api/touches", json={}).status_code == 404
    opened.db.close()


def test_more_is_asked_for_once_by_its_key(client: Client, closed: Workspace) -> None:
    headers = _token(closed, 1)
    address = "/api/lists/more"
    open_still = client.post(address, headers=headers | {"Idempotency-Key": "a"})
    assert open_still.status_code == 409
    with closed.db.write() as session:
        for row in session.scalars(select(Assignment).where(Assignment.closed_at.is_(None))):
            row.closed_at, row.closed_reason = NOW, "handed_back"
        topic = session.get_one(Topic, 1)
        for number in range(7):
            make_prospect(session, topic, f"spare{number}", (3.0, NOW - timedelta(hours=1)))
    keyed = headers | {"Idempotency-Key": "b"}
    first = client.post(address, headers=keyed, json={"count": 2})
    assert first.status_code == 201
    assert first.json() == {"rep": "Noor", "date": "2026-11-25", "more": 2}
    assert client.post(address, headers=keyed, json={"count": 2}).json() == first.json()
    assert client.post(address, headers=headers).status_code == 400
    for odd in ('{"count": "x"}', "[]", "{", '{"count": true}', '{"count": 0}'):
        bad = client.post(address, headers=headers | {"Idempotency-Key": odd}, content=odd)
        assert bad.status_code in {400, 409}, odd
    assert (
        client.post(address, headers=_token(closed, 2) | {"Idempotency-Key": "c"}).status_code
        == 404
    )
    narrow = _token(closed, 1, ("lists:read",))
    assert client.post(address, headers=narrow | {"Idempotency-Key": "d"}).status_code == 404
