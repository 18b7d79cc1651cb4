"""Deliveries and clicks over real requests: signed, idempotent, stored at the next tick."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar.testing import TestClient
from sqlalchemy import func, select

from app.bootstrap import Workspace
from app.hooks import drain_inbox
from config.settings import HookSettings
from models import Account, Click, FileImport, Inbox, Match, QuarantinedItem, Signal, Topic
from prospects.records import find_one
from signals.clicks import close_link, create_link
from signals.inbound.own import make_signature
from tests.app.web.apps import Apps
from tests.app.web.conftest import SettableClock
from tests.app.web.small_workspace import NOW, fill, open_small_workspace
from tests.factories import make_person

_SECRET = "a secret of both sides"
_PERSON = "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0"

_IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
)
_ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile"
_IN_APPS = [
    f"{_IPHONE} [LinkedInApp]/9.31.1103",
    f"{_IPHONE} [Pinterest/iOS]",
    f"{_ANDROID} [Pinterest/Android]",
    f"{_ANDROID} Safari/537.36 Telegram-Android/11.4.2 (Google Pixel 8; Android 14; SDK 34; HIGH)",
    f"{_IPHONE} [FBAN/FBIOS;FBAV/470.0;FBBV/1;FBDV/iPhone14,3]",
    f"{_ANDROID} Discord/250.1",
    "Mozilla/5.0 (Linux; Android 11; CUBOT X30) AppleWebKit/537.36 Chrome/131.0 Mobile",
    "Mozilla/5.0 (Linux; Android 11; CUBOT_X30) AppleWebKit/537.36 Chrome/131.0 Mobile",
]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = open_small_workspace(tmp_path / "home", "closed")
    basis = "legitimate interests"
    opened.settings.hooks.update(
        crm=HookSettings(secret=_SECRET, lawful_basis=basis),
        page=HookSettings(kind="linkedin", secret=_SECRET, lawful_basis=basis),
        fans=HookSettings(kind="meta", secret=_SECRET, lawful_basis=basis, verify_token="word"),
        unsaid=HookSettings(secret=_SECRET),
        unlocked=HookSettings(lawful_basis=basis),
    )
    with opened.db.write() as session:
        fill(session)
    yield opened
    opened.db.close()


@pytest.fixture
def client(workspace: Workspace, apps: Apps) -> Iterator[TestClient[Any]]:
    app = apps.lend(workspace, SettableClock())
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as opened:
        opened.follow_redirects = False
        yield opened


def _engagement(number: int, text: str = "which IRA for a rollover?") -> dict[str, Any]:
    return {
        "network": "crm", "external_id": f"note-{number}", "kind": "comment",
        "author": {"external_id": f"p{number}", "handle": f"someone{number}"}, "text": text,
        "language": "en", "occurred_at": (NOW - timedelta(hours=1)).isoformat(),
    }  # fmt: skip


def _deliver(client: TestClient[Any], document: Any, at: Any = NOW) -> httpx.Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    signature = make_signature(_SECRET.encode(), body, at)
    headers = {"X-Warmlist-Signature": signature, "Content-Type": "application/json"}
    return client.post("/hooks/crm", content=body, headers=headers)


def _count(workspace: Workspace, table: Any) -> int:
    with workspace.db.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


class TestOwnDeliveries:
    def test_the_same_delivery_again_stores_nothing_twice(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        before = _count(workspace, Signal)
        for _ in range(2):
            answer = _deliver(client, [_engagement(1), _engagement(2)])
            assert answer.status_code == 200
            assert answer.json()["read"] == 2
        counts = drain_inbox(workspace, now=NOW)
        assert (counts.stored, counts.duplicate) == (2, 2)
        assert _count(workspace, Signal) == before + 2
        assert _count(workspace, Inbox) == 0
        assert drain_inbox(workspace, now=NOW).read == 0

    def test_lines_and_documents_and_deletions_are_read(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        lines = "\n".join(json.dumps(_engagement(n)) for n in (1, 2)).encode()
        assert _deliver(client, lines).json()["read"] == 2
        drain_inbox(workspace, now=NOW)
        gone = {"engagements": [], "deletions": [{"network": "crm", "external_id": "note-1"}]}
        assert _deliver(client, gone).json()["deletions"] == 1
        drain_inbox(workspace, now=NOW)
        with workspace.db.read() as session:
            row = session.scalars(select(Signal).where(Signal.external_id == "note-1")).one()
            assert row.deleted_at is not None
            assert row.text is None

    @pytest.mark.parametrize(
        ("header", "word"),
        [
            ("", "no time"),
            ("t=1,v1=00", "not ours"),
            ("t=abc,v1=00", "no time"),
            ("v1", "no time"),
        ],
    )
    def test_an_unsigned_delivery_is_refused_unread(
        self, client: TestClient[Any], workspace: Workspace, header: str, word: str
    ) -> None:
        answer = client.post("/hooks/crm", content=b"[]", headers={"X-Warmlist-Signature": header})
        assert answer.status_code == 401
        assert word in answer.json()["error"]
        assert _count(workspace, Inbox) == 0

    def test_an_old_signature_and_a_changed_body_are_refused(self, client: TestClient[Any]) -> None:
        assert _deliver(client, [], NOW - timedelta(minutes=6)).status_code == 401
        assert _deliver(client, [], NOW + timedelta(minutes=6)).status_code == 401
        signature = make_signature(_SECRET.encode(), b"[]", NOW)
        answer = client.post(
            "/hooks/crm", content=b"[ ]", headers={"X-Warmlist-Signature": signature}
        )
        assert answer.status_code == 401

    def test_bad_items_are_named_and_the_good_ones_stay(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        answer = _deliver(client, [{"kind": "comment"}, _engagement(1), "x", 5])
        assert answer.status_code == 200
        assert answer.json()["malformed_count"] == 3
        assert answer.json()["malformed"][0].startswith("item 1")
        assert drain_inbox(workspace, now=NOW).stored == 1

    def test_an_engagement_that_counts_engagements_is_no_document_around_them(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        counted = [_engagement(n) | {"metrics": {"engagements": 5, "deletions": 1}}
                   for n in (1, 2, 3, 4)]  # fmt: skip
        lines = "\n".join(map(json.dumps, counted[:2])).encode()
        assert _deliver(client, lines).json()["read"] == 2
        assert _deliver(client, counted[2]).json()["read"] == 1
        assert _deliver(client, json.dumps(counted[3], indent=2).encode()).json()["read"] == 1
        assert drain_inbox(workspace, now=NOW).stored == 4
        assert _deliver(client, b'{"engagements": [{]}').status_code == 400

    def test_a_network_that_must_approve_is_not_brought_without_its_reference(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        mixed = [_engagement(1), _engagement(2) | {"network": "reddit"}]
        answer = _deliver(client, mixed).json()
        assert (answer["read"], answer["malformed_count"]) == (1, 1)
        assert "no approval" in answer["malformed"][0]
        assert drain_inbox(workspace, now=NOW).stored == 1
        with workspace.db.read() as session:
            assert session.scalars(select(QuarantinedItem.payload)).all() == [""]
        crm = workspace.settings.hooks["crm"]
        workspace.settings.hooks["crm"] = crm.model_copy(update={"approval_ref": "R-1"})
        assert _deliver(client, mixed).json()["read"] == 2
        assert drain_inbox(workspace, now=NOW).stored == 1

    def test_what_may_not_be_brought_is_one_row_a_network_however_many(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        many = [_engagement(n) | {"network": "reddit" if n % 2 else "youtube"} for n in range(8)]
        assert _deliver(client, many).json()["malformed_count"] == 8
        with workspace.db.read() as session:
            rows = session.scalars(select(QuarantinedItem.network).order_by(QuarantinedItem.id))
            assert sorted(rows) == ["reddit", "youtube"]

    def test_an_opt_out_is_heard_of_a_network_that_may_not_be_brought(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        with workspace.db.write() as session:
            make_person(session, "u1", at=NOW, network="reddit")
            account = session.scalars(select(Account).where(Account.external_id == "u1")).one()
            session.add(
                Signal(network="reddit", kind="comment", external_id="old", text="words",
                       account_id=account.id, metrics={}, occurred_at=NOW, observed_at=NOW)
            )  # fmt: skip
        asks = _engagement(1) | {"network": "reddit", "flags": ["nobot"]}
        asks["author"] = {"external_id": "u1"}
        assert _deliver(client, [asks]).json()["malformed_count"] == 1
        drain_inbox(workspace, now=NOW)
        with workspace.db.read() as session:
            stored = select(Signal.text).where(Signal.external_id == "old")
            assert session.scalars(stored).all() == [None]

    def test_an_item_that_cannot_be_read_is_kept_as_long_as_its_network_allows(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        bad = [{"network": name, "kind": "comment", "text": "x"} for name in ("LinkedIn", "crm")]
        assert _deliver(client, bad).json()["malformed_count"] == 2
        broken = json.dumps(_engagement(1)) + '\n{"network": "reddit", "text": "cut of'
        assert _deliver(client, broken.encode()).json()["malformed_count"] == 1
        with workspace.db.read() as session:
            rows = session.scalars(select(QuarantinedItem.network).order_by(QuarantinedItem.id))
            assert sorted(rows) == ["file", "linkedin", "reddit"]

    def test_an_opt_out_delivered_later_removes_what_is_stored(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        _deliver(client, [_engagement(1), _engagement(2)])
        drain_inbox(workspace, now=NOW)
        about = {"external_id": "p1", "handle": "someone1", "description": "#nobot"}
        again = [_engagement(n) | {"author": about} for n in (1, 3)]
        assert _deliver(client, again).json()["left_out"] == 2
        with workspace.db.read() as session:
            (waiting,) = session.scalars(select(Inbox)).all()
            assert "someone1" not in waiting.engagements
        drain_inbox(workspace, now=NOW)
        with workspace.db.read() as session:
            rows = select(Signal.external_id, Signal.deleted_at).where(Signal.network == "crm")
            assert {name: gone is None for name, gone in session.execute(rows)} == {
                "note-1": False, "note-2": True,
            }  # fmt: skip

    def test_a_body_of_no_shape_and_one_too_large_are_refused(
        self, client: TestClient[Any]
    ) -> None:
        assert _deliver(client, b"[{").status_code == 400
        assert _deliver(client, b" " * (5 * 1024 * 1024)).status_code == 413

    def test_sensitive_words_never_reach_the_inbox(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        words = "I was diagnosed with cancer, which IRA for a rollover?"
        assert _deliver(client, [_engagement(1, words)]).json()["left_out"] == 1
        assert _count(workspace, Inbox) == 0

    def test_a_hook_without_basis_or_secret_does_not_run(self, client: TestClient[Any]) -> None:
        for name, word in (("unsaid", "lawful basis"), ("unlocked", "no secret")):
            answer = client.post(f"/hooks/{name}", content=b"[]")
            assert answer.status_code == 503
            assert word in answer.json()["error"]
        assert client.post("/hooks/nothing", content=b"[]").status_code == 404


class TestNetworks:
    def test_linkedins_handshake_and_a_comment(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        answer = client.get("/hooks/page?challengeCode=abc&applicationId=1")
        expected = hmac.new(_SECRET.encode(), b"abc", hashlib.sha256).hexdigest()
        assert answer.json() == {"challengeCode": "abc", "challengeResponse": expected}
        one = {
            "action": "COMMENT", "generatedActivity": "urn:li:comment:(urn:li:activity:1,2)",
            "sourcePost": "urn:li:share:1", "organizationalEntity": "urn:li:organization:1",
            "lastModifiedAt": round((NOW - timedelta(hours=1)).timestamp() * 1000),
            "decoratedGeneratedActivity": {
                "comment": {"owner": "urn:li:person:a", "text": "which IRA for a rollover?"}
            },
        }  # fmt: skip
        body = json.dumps({"notifications": [one]}).encode()
        signed = hmac.new(_SECRET.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
        for _ in range(2):  # LinkedIn repeats what was not answered in time
            answer = client.post("/hooks/page", content=body, headers={"X-LI-Signature": signed})
            assert answer.status_code == 200
        assert drain_inbox(workspace, now=NOW).stored == 1
        assert drain_inbox(workspace, now=NOW).stored == 0
        with workspace.db.read() as session:
            [stated] = session.scalars(select(FileImport)).all()
        basis = workspace.settings.hooks["page"].lawful_basis
        assert (stated.name, stated.networks, stated.lawful_basis) == (
            "hook page", ["linkedin"], basis,
        )  # fmt: skip
        assert client.post("/hooks/page", content=body).status_code == 401

    def test_a_deletion_of_what_was_never_stored_holds_up_nobody(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        gone = {
            "action": "COMMENT_DELETE", "generatedActivity": "urn:li:comment:(urn:li:activity:1,9)",
            "sourcePost": "urn:li:share:1", "organizationalEntity": "urn:li:organization:1",
            "lastModifiedAt": round(NOW.timestamp() * 1000),
        }  # fmt: skip
        body = json.dumps({"notifications": [gone]}).encode()
        signed = hmac.new(_SECRET.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
        answer = client.post("/hooks/page", content=body, headers={"X-LI-Signature": signed})
        assert answer.status_code == 200
        _deliver(client, [_engagement(1)])
        with workspace.db.write() as session:  # a row of another version of this program
            session.add(
                Inbox(
                    hook="crm", engagements='[{"network": 1}]', deletions=[["x"]], received_at=NOW
                )
            )
        _deliver(client, [_engagement(2)])
        assert drain_inbox(workspace, now=NOW).stored == 2
        assert _count(workspace, Inbox) == 0

    def test_what_a_network_sends_in_another_shape_is_kept_for_inspection(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        body = json.dumps({"notifications": [{"action": "DANCE"}]}).encode()
        signed = hmac.new(_SECRET.encode(), b"hmacsha256=" + body, hashlib.sha256).hexdigest()
        answer = client.post("/hooks/page", content=body, headers={"X-LI-Signature": signed})
        assert (answer.status_code, answer.json()["malformed_count"]) == (200, 1)
        body = json.dumps({"object": "page", "entry": [{"changes": [{"value": 5}]}]}).encode()
        signed = "sha256=" + hmac.new(_SECRET.encode(), body, hashlib.sha256).hexdigest()
        answer = client.post("/hooks/fans", content=body, headers={"X-Hub-Signature-256": signed})
        assert (answer.status_code, answer.json()["malformed_count"]) == (200, 1)
        with workspace.db.read() as session:
            kept = session.execute(
                select(QuarantinedItem.network, QuarantinedItem.payload, QuarantinedItem.seen_at)
            ).all()
        assert [(network, at) for network, _, at in kept] == [("linkedin", NOW), ("facebook", NOW)]
        assert "DANCE" in kept[0].payload
        assert _count(workspace, Inbox) == 0

    def test_metas_handshake(self, client: TestClient[Any]) -> None:
        asked = "hub.mode=subscribe&hub.challenge=42&hub.verify_token="
        answer = client.get(f"/hooks/fans?{asked}word")
        assert (answer.status_code, answer.text) == (200, "42")
        assert client.get(f"/hooks/fans?{asked}other").status_code == 403
        assert client.get("/hooks/crm").status_code == 405


def _make(workspace: Workspace, handle: str | None = None) -> str:
    with workspace.db.write() as session:
        topic = session.scalars(select(Topic).order_by(Topic.id)).first()
        assert topic is not None
        person = find_one(session, handle) if handle else None
        return create_link(
            session, url="https://example.org/guide", topic=topic, person=person, now=NOW
        ).code


class TestShortLinks:
    def test_a_click_goes_on_at_once_and_is_counted_without_a_trace(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        code = _make(workspace)
        answer = client.get(f"/c/{code}", headers={"User-Agent": _PERSON})
        assert answer.status_code == 302
        assert answer.headers["location"] == "https://example.org/guide"
        assert "set-cookie" not in answer.headers
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert _count(workspace, Click) == 1
        assert set(Click.__table__.columns.keys()) == {"id", "link_id", "clicked_at"}

    @pytest.mark.parametrize(
        "headers",
        [
            {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
            {"User-Agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
            {"User-Agent": "WhatsApp/2.23.20.0"},
            {"User-Agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)"},
            {"User-Agent": "TelegramBot (like TwitterBot)"},
            {"User-Agent": "Pinterest/0.2 (+https://www.pinterest.com/bot.html)"},
            {"User-Agent": "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)"},
            {"User-Agent": "facebookexternalhit/1.1"},
            {"User-Agent": "python-requests/2.32"},
            {"User-Agent": ""},
            {"User-Agent": _PERSON, "Sec-Purpose": "prefetch;prerender"},
            {"User-Agent": _PERSON, "Purpose": "preview"},
        ],
    )
    def test_programs_are_led_on_but_not_counted(
        self, client: TestClient[Any], workspace: Workspace, headers: dict[str, str]
    ) -> None:
        code = _make(workspace)
        assert client.get(f"/c/{code}", headers=headers).status_code == 302
        assert client.head(f"/c/{code}", headers={"User-Agent": _PERSON}).status_code == 302
        assert _count(workspace, Click) == 0

    @pytest.mark.parametrize("ending", _IN_APPS)
    def test_people_in_the_browser_of_an_app_are_counted(
        self, client: TestClient[Any], workspace: Workspace, ending: str
    ) -> None:
        code = _make(workspace)
        assert client.get(f"/c/{code}", headers={"User-Agent": ending}).status_code == 302
        assert _count(workspace, Click) == 1

    def test_a_link_for_one_prospect_makes_the_click_their_signal_once_a_day(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        code = _make(workspace, "@sample_fernridge")
        for _ in range(3):
            client.get(f"/c/{code}", headers={"User-Agent": _PERSON})
        assert _count(workspace, Click) == 3
        with workspace.db.read() as session:
            clicks = session.scalars(select(Signal).where(Signal.kind == "click")).all()
            assert len(clicks) == 1
            account = session.get_one(Account, clicks[0].account_id)
            assert account.handle == "sample_fernridge"
            assert clicks[0].scored_at is None  # waits for the scorer, through the words it follows
            assert session.scalar(select(Match.topic_id).where(Match.signal_id == clicks[0].id))

    def test_a_click_of_somebody_who_only_liked_is_their_signal_through_what_they_liked(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        liked = {
            "network": "crm", "external_id": "note-1:p2", "kind": "like", "text": None,
            "author": {"external_id": "p2", "handle": "only_likes"},
            "target_external_id": "note-1", "occurred_at": (NOW - timedelta(hours=1)).isoformat(),
        }  # fmt: skip
        _deliver(client, [_engagement(1), liked])
        drain_inbox(workspace, now=NOW)
        code = _make(workspace, "@only_likes")
        client.get(f"/c/{code}", headers={"User-Agent": _PERSON})
        with workspace.db.read() as session:
            click = session.scalars(select(Signal).where(Signal.kind == "click")).one()
            assert session.get_one(Account, click.account_id).handle == "only_likes"
            assert (click.network, click.target_external_id) == ("crm", "note-1")
            assert session.scalar(select(Match.topic_id).where(Match.signal_id == click.id))

    def test_a_closed_or_unknown_link_leads_nowhere(
        self, client: TestClient[Any], workspace: Workspace
    ) -> None:
        code = _make(workspace)
        with workspace.db.write() as session:
            close_link(session, code)
        for path in (f"/c/{code}", "/c/nothing"):
            assert client.get(path, headers={"User-Agent": _PERSON}).status_code == 404
