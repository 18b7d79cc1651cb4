"""What clients with a library of their own are bound to: judged addresses, and the wall clock."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime

import pytest
import requests
from pydantic import SecretStr

from signals.collectors.bluesky import JetstreamCollector
from signals.collectors.bodies import Limits
from signals.collectors.contract import Misconfigured, Query, Unavailable
from signals.collectors.http import HttpClient
from signals.collectors.registry import CollectorSettings, build_collector
from signals.collectors.sessions import BoundedAdapter, Unreachable
from tests.fakes.cases import CASES
from tests.fakes.jetstream_server import JetstreamServer, Refusal
from tests.fakes.web_server import Reply, WebServer

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
SECRET = "never-shown-anywhere"


@pytest.fixture
def server() -> Iterator[WebServer]:
    with WebServer(lambda asked: Reply(document={"path": asked.path})) as made:
        yield made


@pytest.mark.parametrize("network", ["x", "reddit"])
@pytest.mark.parametrize(
    "host", ["localhost:8443", "127.0.0.1:8443", "[::ffff:10.0.0.1]:443", "169.254.169.254:80"]
)
def test_clients_with_a_library_ask_no_private_address_either(network: str, host: str) -> None:
    with pytest.raises(Misconfigured, match="public internet"):
        _ask_once(network, f"https://{host}")


def _ask_once(network: str, url: str) -> None:
    case = CASES[network]
    settings = CollectorSettings(
        url=url, clock=NOW.timestamp, max_seconds=9, approval_ref=case.approval_ref,
        secrets={name: SecretStr(SECRET) for name in case.secrets},
        connect_timeout=1, read_timeout=1,
    )  # fmt: skip
    with closing(settings):
        collector = build_collector(network, settings)
        list(collector.collect(Query(keywords=case.keywords, scope=case.scope), None, limit=9))


def test_a_library_s_client_connects_to_the_address_that_was_judged(server: WebServer) -> None:
    answers = [["93.184.216.34", "127.0.0.1"], ["127.0.0.2", "127.0.0.1"]]
    host = f"api.example:{server.port}"
    for allowed, error in (((), Misconfigured), ((host,), None)):
        adapter = BoundedAdapter(
            f"http://{host}", timeout=(1, 1), max_bytes=99_999, allow_hosts=allowed,
            lookup=lambda name, port: answers.pop(0),
        )  # fmt: skip
        session = requests.Session()
        session.mount("http://", adapter)
        with session:
            if error is not None:
                with pytest.raises(error, match="public internet"):
                    session.get("http://api.example/")
                assert server.asked == []
            else:
                assert session.get("http://api.example/a").json()["path"] == "/a"
    assert server.asked[0].headers["host"] == host


@pytest.fixture
def dripping() -> Iterator[int]:
    """A port behind which a TLS handshake comes byte by byte and never ends."""
    stopped = threading.Event()

    def drip(line: socket.socket) -> None:
        with line, suppress(OSError):
            line.recv(4096)
            line.sendall(b"\x16\x03\x03\x3e\x80")
            while not stopped.wait(0.05):
                line.sendall(b"\x02")

    def accept() -> None:
        with suppress(OSError):
            while True:
                line, _ = listening.accept()
                threading.Thread(target=drip, args=(line,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=accept, daemon=True).start()
        yield listening.getsockname()[1]
        stopped.set()
        listening.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("kind", ["own", "library"])
def test_a_handshake_that_drips_ends_by_the_wall_clock(dripping: int, kind: str) -> None:
    url = f"https://127.0.0.1:{dripping}"
    begun = time.monotonic()
    if kind == "own":
        limits = Limits(connect_timeout=0.3, read_timeout=0.3, total_timeout=1)
        asking = HttpClient(
            url, name="X", clock=NOW.timestamp, user_agent="w", allow_hosts=("127.0.0.1",),
            limits=limits,
        )  # fmt: skip
        with asking, pytest.raises(Unavailable):
            asking.get_json("/")
    else:
        adapter = BoundedAdapter(url, timeout=(0.3, 0.3), max_bytes=99, allow_hosts=("127.0.0.1",))
        with requests.Session() as session:
            session.mount("https://", adapter)
            with pytest.raises(Unreachable):
                session.get(url)
    assert time.monotonic() - begun < 20  # it would never end


@pytest.mark.parametrize(
    "url", ["ws://10.0.0.1", "ws://127.0.0.1:6379", "ws://localhost:6379", "ws://[::1]:6379",
            "wss://169.254.169.254/subscribe", "ws://[::ffff:192.168.0.9]:80", "ws://0.0.0.0:80",
            "http://example.org"],
)  # fmt: skip
def test_a_stream_is_no_way_into_a_private_network(url: str) -> None:
    stream = JetstreamCollector(url, clock=NOW.timestamp, connect_timeout=1, max_seconds=2)
    with pytest.raises(Misconfigured, match=r"public internet|ws://"):
        list(stream.collect(Query(), None, limit=9))


def test_a_stream_follows_no_redirect() -> None:
    with JetstreamServer() as elsewhere:
        moved = Refusal(302, {"Location": elsewhere.url + "/subscribe"})
        with JetstreamServer(refusals=[moved], refuse_always=True) as server:
            stream = JetstreamCollector(
                server.url, clock=NOW.timestamp, max_seconds=2, allow_hosts=("127.0.0.1",)
            )
            with pytest.raises(Misconfigured, match="cannot follow redirect"):
                list(stream.collect(Query(), None, limit=9))
        assert elsewhere.requests == []
