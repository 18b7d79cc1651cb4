"""The guarded client against a real local server that misbehaves."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from signals.collectors.addresses import check_address, is_public
from signals.collectors.answers import find_retry_at, redact
from signals.collectors.bodies import Limits
from signals.collectors.contract import (
    CollectorError,
    Forbidden,
    Gone,
    Misconfigured,
    RateLimited,
    Unauthorised,
    Unavailable,
)
from signals.collectors.http import HttpClient, open_http
from signals.collectors.registry import CollectorSettings
from tests.fakes.web_server import HTML, RESET, Asked, Reply, WebServer

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
SECRET = "s3cret-token-of-ours"


def echo(asked: Asked) -> Reply:
    return Reply(document={"path": asked.path, "query": dict(asked.query)})


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer(echo) as made:
        yield made


def client(server: WebServer, **more: Any) -> HttpClient:
    given_ = {
        "allow_hosts": ("127.0.0.1",),
        "clock": NOW.timestamp,
        "user_agent": "warmlist/1 (+x)",
    }
    return HttpClient(server.url, name="Example", **(given_ | more))


def fail(server: WebServer, reply: Reply, **more: Any) -> CollectorError:
    server.faults.append(reply)
    with client(server, **more) as asking, pytest.raises(CollectorError) as caught:
        asking.get_json("/things")
    assert SECRET not in str(caught.value)
    return caught.value


def test_an_answer_has_document_headers_and_cost(server: WebServer) -> None:
    with client(server) as asking:
        answer = asking.get_json("/a", {"q": "x y", "none": None})
        assert answer.data == {"path": "/a", "query": {"q": ["x y"]}}
        assert answer.headers["content-type"] == "application/json"
        assert asking.take_cost().requests == 1
        assert asking.take_cost().requests == 0
    assert server.asked[0].headers["user-agent"] == "warmlist/1 (+x)"
    assert server.asked[0].headers["host"] == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, Misconfigured), (401, Unauthorised), (402, Unauthorised), (403, Forbidden),
        (404, Gone), (410, Gone), (408, Unavailable), (422, Misconfigured), (429, RateLimited),
        (451, Forbidden), (500, Unavailable), (502, Unavailable), (503, Unavailable),
        (520, Unavailable), (522, Unavailable),
    ],
)  # fmt: skip
def test_every_status_has_its_error(
    server: WebServer, status: int, kind: type[CollectorError]
) -> None:
    error = fail(server, Reply(status, {"error": {"message": f"<b>no</b> {SECRET}"}}),
                 secret_headers={"Authorization": SecretStr(f"Bearer {SECRET}")})  # fmt: skip
    assert type(error) is kind
    if issubclass(kind, Misconfigured):
        assert "An administrator must" in str(error)
        assert str(status) in str(error)
        assert "no ***" in str(error)


@pytest.mark.parametrize(
    "reply",
    [
        HTML,
        RESET,
        Reply(200, body=b""),
        Reply(200, body=b'{"items": ['),
        Reply(200, {"items": ["x" * 100]}, truncate=20),
        Reply(200, body=b"x" * 2_000_001),
        Reply(200, body=gzip.compress(b"0" * 50_000_000), headers={"Content-Encoding": "gzip"}),
        Reply(200, body=gzip.compress(b'{"a": 1}')[:-9], headers={"Content-Encoding": "gzip"}),
        Reply(200, body=b"abc", headers={"Content-Encoding": "gzip"}),
        Reply(200, body=b"abc", headers={"Content-Encoding": "br"}),
        Reply(503, body=b"<html>sorry</html>"),
        Reply(200, {}, wait=0.6),
    ],
)
def test_what_is_no_answer_is_tried_later(server: WebServer, reply: Reply) -> None:
    limits = Limits(read_timeout=0.3, max_bytes=2_000_000)
    assert type(fail(server, reply, limits=limits)) is Unavailable


@pytest.mark.parametrize(
    "slow",
    [
        Reply(200, body=b"[" + b" " * 600 + b"]", pause=0.02),
        Reply(drip=0.02),
        Reply(drip=0.25),
        Reply(200, {}, wait=12),
    ],
    ids=["its body", "its headers", "its headers, slowly", "everything"],
)
def test_a_server_that_drips_is_left(server: WebServer, slow: Reply) -> None:
    server.faults.append(slow)
    limits = Limits(read_timeout=30, total_timeout=0.3)
    started = time.monotonic()
    # the wall clock's time is over, whatever the collector's own clock says
    with client(server, limits=limits) as asking, pytest.raises(Unavailable, match="too long"):
        asking.get_json("/")
    assert time.monotonic() - started < 10


def test_the_next_request_has_its_own_time(server: WebServer) -> None:
    limits = Limits(total_timeout=1.0)
    with client(server, limits=limits) as asking:
        for _ in range(3):
            assert asking.get_json("/a").status == 200  # over the same line
            time.sleep(0.4)


def test_a_packed_answer_is_read(server: WebServer) -> None:
    packed = gzip.compress(b'{"a": 1}')
    server.faults.append(Reply(200, body=packed, headers={"Content-Encoding": "gzip"}))
    with client(server) as asking:
        assert asking.get_json("/").data == {"a": 1}


def test_nobody_listens() -> None:
    with WebServer(echo) as server:
        asking = client(server)
    with asking, pytest.raises(Unavailable):
        asking.get_json("/")


def test_accepted_statuses_come_back(server: WebServer) -> None:
    server.faults += [Reply(403, {"reason": "quota"}), Reply(304)]
    with client(server) as asking:
        answer = asking.get_json("/", accept=frozenset({403}))
        assert (answer.status, answer.data) == (403, {"reason": "quota"})
        assert asking.get_bytes("/feed").is_unchanged


def test_redirects_on_the_same_host_are_followed(server: WebServer) -> None:
    server.faults += [Reply(302, headers={"Location": "/new?page=2"})]
    with client(server, secret_params={"key": SecretStr(SECRET)}) as asking:
        answer = asking.get_json("/old", {"page": 1})
        assert answer.data["path"] == "/new"
        assert answer.data["query"] == {"page": ["2"], "key": [SECRET]}
        assert answer.moved_to is None
        assert asking.take_cost().requests == 2


def test_redirects_elsewhere_are_refused(server: WebServer) -> None:
    for place in ("http://elsewhere.example/x", f"http://127.0.0.1:{server.port + 1}/", "//[::1]/"):
        error = fail(server, Reply(302, headers={"Location": place}))
        assert type(error) is Misconfigured
        assert "redirects" in str(error)
    server.faults += [Reply(302, headers={"Location": "/again"})] * 9
    assert "circles" in str(fail(server, Reply(302, headers={"Location": "/again"})))


def test_a_feed_may_move_but_takes_no_credentials_along(server: WebServer) -> None:
    with WebServer(echo) as other:
        moved = Reply(301, headers={"Location": f"{other.url}/feed"})
        server.faults += [moved, Reply(301, headers={"Location": "http://169.254.169.254/latest"})]
        secrets = {"Authorization": SecretStr(SECRET)}
        with client(server, secret_headers=secrets, cross_host=True) as asking:
            answer = asking.get_bytes("/feed")
            assert answer.moved_to == f"{other.url}/feed"
            assert "authorization" not in other.asked[0].headers
            assert server.asked[0].headers["authorization"] == SECRET
            with pytest.raises(Misconfigured, match=r"169\.254"):
                asking.get_bytes("/feed")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "100.100.100.200", "0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1",
        "168.63.129.16", "192.0.0.192", "198.18.0.1", "::1", "::", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1",
        "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:5ef5::", "2001:db8::1", "nonsense", "",
    ],
)  # fmt: skip
def test_these_addresses_are_nobodys_feed(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::6810:84e5"])
def test_these_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x", "file:///etc/passwd", "gopher://example.org", "example.org/feed",
        "http://", "http://user:pw@example.org/", "https://example.org:22/", "http://[::1]/",
        "http://10.0.0.1/", "http://example.org:99999/", "http://[bad/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_these_addresses_are_refused_before_anything_is_asked(url: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        check_address(url)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "http://localhost/", "http://2130706433/"])
def test_loopback_needs_a_permit(url: str) -> None:
    def ask() -> None:
        with HttpClient(url, name="X", clock=NOW.timestamp, user_agent="w") as asking:
            asking.get_json("/")

    with pytest.raises(Misconfigured, match="public internet"):
        ask()


def test_a_name_that_changes_its_mind_gains_nothing(server: WebServer) -> None:
    """It is looked up once per request, and that very address is judged and connected to."""
    answers = [["93.184.216.34", "127.0.0.1"], ["127.0.0.1"]]
    asking = HttpClient(
        "http://rebinding.example", name="X", clock=NOW.timestamp, user_agent="w",
        lookup=lambda host, port: answers.pop(0),
    )  # fmt: skip
    with asking, pytest.raises(Misconfigured, match="public internet"):
        asking.get_json("/")
    assert len(answers) == 1
    assert server.asked == []


def test_the_next_address_is_tried_and_the_name_is_kept(server: WebServer) -> None:
    host = f"feeds.example:{server.port}"
    asking = HttpClient(
        f"http://{host}", name="X", clock=NOW.timestamp, user_agent="w", allow_hosts=(host,),
        lookup=lambda name, port: ["127.0.0.2", "127.0.0.1"],
    )  # fmt: skip
    with asking:
        assert asking.get_json("/a").data["path"] == "/a"
    assert server.asked[0].headers["host"] == host


def test_credentials_never_go_over_plain_http() -> None:
    asking = HttpClient(
        "http://example.org", name="X", clock=NOW.timestamp, user_agent="w",
        secret_headers={"Authorization": SecretStr(SECRET)},
    )  # fmt: skip
    with asking, pytest.raises(Misconfigured, match="https"):
        asking.get_json("/")


def test_settings_make_a_client(server: WebServer) -> None:
    settings = CollectorSettings(
        url=server.url, clock=NOW.timestamp, max_seconds=9, user_agent="w/2",
        allow_hosts=("127.0.0.1",), secrets={"token": SecretStr(SECRET)},
    )  # fmt: skip
    assert settings.secret("x", "token").get_secret_value() == SECRET
    with pytest.raises(Misconfigured, match="WARMLIST_SECRETS__X__KEY"):
        settings.secret("x", "key")
    assert SECRET not in repr(settings)
    with open_http(settings, name="X", base_url="https://example.org/api") as asking:
        assert asking.get_json("v1").data["path"] == "/v1"


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"Retry-After": "30"}, None, 30),
        ({"retry-after": "0"}, None, 0),
        ({"Retry-After": "Wed, 25 Nov 2026 14:31:00 GMT"}, None, 60),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 900)}, None, 900),
        ({"x-ratelimit-reset": "12.5"}, None, 12.5),
        ({"X-RateLimit-Reset": "2026-11-25T14:35:00.000Z"}, None, 300),
        ({"ratelimit-reset": str(int(NOW.timestamp()) + 5)}, None, 5),
        ({}, {"extras": {"wait_seconds": 7}}, 7),
        ({}, {"backoff": 10}, 10),
        ({"Retry-After": "soon"}, {"extras": {"wait_seconds": 7}}, 7),
        ({}, None, None),
        ({"Retry-After": "-5"}, None, None),
        ({"Retry-After": "nan"}, None, None),
        ({"Retry-After": "999999999"}, None, None),
        ({"x-rate-limit-reset": "1700000000"}, None, None),  # long over
        ({"Retry-After": "Wed, 99 Foo"}, [], None),
    ],
)
def test_when_to_come_back(headers: dict[str, str], body: object, seconds: float | None) -> None:
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert find_retry_at(headers, body, NOW) == expected


@given(st.text(max_size=40), st.one_of(st.none(), st.text(), st.dictionaries(st.text(), st.text())))
def test_no_header_breaks_it_and_no_wait_is_longer_than_a_day(value: str, body: object) -> None:
    found = find_retry_at({"Retry-After": value, "ratelimit-reset": value}, body, NOW)
    assert found is None or NOW <= found <= NOW + timedelta(hours=25)


def test_a_rate_limit_says_until_when(server: WebServer) -> None:
    error = fail(server, Reply(429, headers={"Retry-After": "30"}))
    assert isinstance(error, RateLimited)
    assert error.retry_at == NOW + timedelta(seconds=30)
    error = fail(server, Reply(429, body=b"<html>slow down</html>"))
    assert isinstance(error, RateLimited)
    assert error.retry_at is None


def test_no_secret_is_left_in_a_text() -> None:
    assert redact(f"key={SECRET}&x=1 abc", [SECRET, "abc", SECRET[:8]]) == "key=***&x=1 abc"


def test_no_library_error_crosses(monkeypatch: pytest.MonkeyPatch, server: WebServer) -> None:
    with client(server) as asking, pytest.raises(CollectorError):
        asking.get_json("http://exa mple.org/\x00")
    assert not issubclass(CollectorError, httpx.HTTPError)
