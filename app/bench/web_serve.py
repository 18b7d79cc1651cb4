"""Serves a workspace's pages, or bare ones to compare with, for the benchmark of the pages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import jinja2
import uvicorn
from litestar import Litestar, Response, get
from litestar.enums import MediaType

from app.bench.web_rows import ROWS, open_bench
from app.serving import share_memory, take_short_turns
from app.web.application import create_app

_BARE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Rows</title></head>
<body><ol>{% for row in rows %}<li><h3>{{ row.name }}</h3><p>{{ row.words }}</p>
<p>{{ row.topic }}</p><p>{{ row.network }}</p><p>{{ row.warmth }}</p></li>
{% endfor %}</ol></body></html>"""


@get("/hello", sync_to_thread=False)
def hello() -> str:
    """The least a page can be."""
    return "hello"


def make_bare() -> Litestar:
    """A page that says hello and one of 50 rows from memory, without a database."""
    template = jinja2.Environment(autoescape=True).from_string(_BARE)
    rows = [
        {"name": f"@sample_{i}", "words": "Is a rollover worth it, or do I wait?" * 2,
         "topic": "IRA rollover", "network": "Reddit, 2 h ago", "warmth": f"{5 - i / 20:.2f}"}
        for i in range(ROWS)
    ]  # fmt: skip

    @get("/rows", sync_to_thread=True)
    def show() -> Response[str]:
        return Response(template.render(rows=rows), media_type=MediaType.HTML)

    return Litestar([hello, show], openapi_config=None, logging_config=None)


def main(what: str, port: int) -> None:
    """Serve until told to stop."""
    if what == "bare":
        app: Any = make_bare()
    else:  # as ``warmlist serve`` does
        app = create_app(open_bench(Path(what), doors="closed"))
        share_memory()
        take_short_turns()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
