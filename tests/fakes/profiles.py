"""Profile pages on a local server that name each other, or not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class _Pages(BaseHTTPRequestHandler):
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


@contextmanager
def serve_profiles() -> Iterator[str]:
    """The address of a server with the pages; any other path is 404."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
