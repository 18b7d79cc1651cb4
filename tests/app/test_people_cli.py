"""Two accounts become one person only where both pages say so and a manager agrees."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from app.profiles import check_profiles
from config.errors import Refused
from config.settings import load_settings
from tests.app.program import Program, post

NOW = datetime(2026, 11, 25, tzinfo=UTC)


class Pages(BaseHTTPRequestHandler):
    """``/a`` and ``/b`` name each other, ``/a`` and ``/d`` as their own; ``/c`` is not answered."""

    def do_GET(self) -> None:
        others = {"/a": "bd", "/b": "a", "/c": "a", "/d": "a"}
        other = others.get(self.path, "")
        rel = "" if self.path == "/b" else ' rel="me"'
        body = "".join(f'<a href="/{one}"{rel}>me</a>' for one in other).encode()
        self.send_response(200 if other else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        """Nothing into the test's output."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_both_pages_are_read(site: str) -> None:
    def check(first: str, second: str, proof: str) -> set[str]:
        found = check_profiles(
            f"{site}/{first}", f"{site}/{second}", proof=proof, settings=load_settings(), now=NOW,
            allow_hosts=("127.0.0.1",),
        )  # fmt: skip
        return set(found) - {"first", "second"}

    assert check("a", "b", "profile_links") == {"first_seen_at", "second_seen_at"}
    assert check("a", "b", "rel_me") == {"first_seen_at"}
    assert check("a", "d", "rel_me") == {"first_seen_at", "second_seen_at"}
    assert check("a", "c", "profile_links") == {"second_seen_at"}
    with pytest.raises(Refused, match="cannot be read"):
        check("a", "missing", "rel_me")
    with pytest.raises(Refused, match="cannot be read"):  # a private address, not let through
        check_profiles(f"{site}/a", f"{site}/b", proof="rel_me", settings=load_settings(), now=NOW)


def test_propose_decide_undo(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    posts = tmp_path / "posts.jsonl"
    lines = [
        post(1, "Which pension should I choose?", network="bluesky"),
        post(2, "Which pension should I choose?", network="mastodon"),
        post(3, "Which pension should I choose?", network="reddit"),
    ]
    posts.write_text("\n".join(lines), encoding="utf-8")
    on = {"WARMLIST_PEOPLE__LINK_ACCOUNTS": "true"}
    consent = ["--proof", "consent", "--record", "letter of 3 May", "--json"]
    pair = ["bluesky:person1", "mastodon:person2"]
    steps: list[tuple[list[str], dict[str, str]]] = [
        (["init"], {}),
        (["topic", "add", "Pensions", "--keyword", "pension"], {}),
        (["import", str(posts), "--shift-dates", "--json"], {}),
        (["people", "propose-link", *pair, *consent], {}),
        (["people", "propose-link", "bluesky:person1", "reddit:person3", *consent], on),
        (["people", "propose-link", *pair, *consent], on),
        (["people", "decide-link", "1", "--accept", "--by", "Maja", "--json"], on),
        (["people", "show", "--json"], {}),
        (["people", "unlink", "1", "--by", "Maja", "--json"], {}),
        (["people", "unlink", "1"], {}),
        (["people", "propose-link", *pair], on),
    ]
    done = program.run_each([words for words, _ in steps], [given for _, given in steps])
    assert [one.code for one in done] == [0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 2], [o.err for o in done]
    assert "off in this workspace" in done[3].err
    assert "never linked" in done[4].err
    assert done[5].document["state"] == "proposed"
    assert done[6].document["state"] == "accepted"
    assert [one["decided_by"] for one in done[7].document] == ["Maja"]
    assert done[8].document["state"] == "undone"
    assert "No page of bluesky:person1 is known" in done[10].err
