"""The replay that the measurement of a stream stands on."""

from __future__ import annotations

import random
import socket
import threading

from app.bench.replay import frame, serve
from app.bench.stream import choose_keywords, make_frames, make_texts
from signals.collectors.bluesky import JetstreamCollector
from signals.collectors.contract import Cursor, Kind, Query

NOW = 1_780_000_000.0


def test_a_replay_is_read_to_its_end_by_the_real_collector() -> None:
    rng = random.Random(7)
    frames = make_frames(make_texts(200, rng), 2_000, end_us=int(NOW * 1e6), rng=rng)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = threading.Thread(target=serve, args=(frames, listener), daemon=True)
        server.start()
        url = f"ws://127.0.0.1:{listener.getsockname()[1]}"
        start = Cursor(str(int(NOW * 1e6) - 10_000_000))
        collector = JetstreamCollector(url, clock=lambda: NOW, allow_hosts=["127.0.0.1"])
        pages = list(collector.collect(Query(), start, limit=10_000))
        server.join(5)
    assert sum(page.seen for page in pages) == 2_000
    assert pages[-1].exhausted
    assert not any(page.malformed for page in pages)
    kinds = {engagement.kind for page in pages for engagement in page.engagements}
    assert kinds >= {Kind.POST, Kind.COMMENT, Kind.LIKE}


def test_keywords_are_as_many_as_asked_and_as_common() -> None:
    rng = random.Random(7)
    texts = make_texts(2_000, rng)
    keywords = choose_keywords(texts, 100, share=0.01, rng=rng)
    held = sum(any(word in text.lower() for word in keywords) for text in texts)
    assert len(keywords) == len(set(keywords)) == 100
    assert 15 <= held <= 60


def test_frames_of_every_length() -> None:
    assert frame(b"x" * 125)[:2] == bytes((0x81, 125))
    assert frame(b"x" * 126)[:4] == bytes((0x81, 126, 0, 126))
    assert frame(b"x" * 65_536)[:2] == bytes((0x81, 127))
