"""From the last key to the drawn answer, in a real browser, of a workspace that is served.

Everything a manager waits for is in it: the field's own delay, the request, the preview, the
transfer, and the browser's work until the answer stands on the screen. Needs Playwright and
Chromium, which developers have; nothing of it is shipped.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.bench.figures import Figure
from app.bench.serving import free_port, run_server

if TYPE_CHECKING:
    from playwright.sync_api import Page

_PER_KEY: Final = 130  # ms between two keys of somebody who types well
_WAITING: Final = 20_000  # ms for one answer
_FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
#: Notes when a key was pressed, and when an answer had been drawn: two frames after it was put in.
_WATCH: Final = """
window.pressed = 0; window.drawn = [];
document.addEventListener('keydown', (e) => { window.pressed = e.timeStamp; }, true);
document.addEventListener('click', (e) => { window.pressed = e.timeStamp; }, true);
// letters that are on no American keyboard come without a key
document.addEventListener('input', (e) => {
  if (e.timeStamp - window.pressed > 50) window.pressed = e.timeStamp;
}, true);
document.addEventListener('htmx:after:swap', () => {
  const told = [...document.querySelectorAll('#results .save input[type=hidden]')]
    .map((one) => `${one.name}=${one.value}`);
  requestAnimationFrame(() => requestAnimationFrame((at) => {
    window.drawn.push([performance.now(), told]);
  }));
});
"""


@dataclass(frozen=True, slots=True)
class Waited:
    """Milliseconds from the last key (or click) to the drawn answer, edit by edit."""

    typed: tuple[float, ...]
    clicked: tuple[float, ...]
    ready: float  # from entering the draft for the first time
    kilobytes: float  # of one answer, as it is sent


def measure_keystrokes(
    home: Path, url: str, topic_id: int, keywords: Sequence[str], exclusions: Sequence[str],
    dropped: Sequence[str],
) -> list[Figure]:  # fmt: skip
    """Type every phrase into the served page of the topic, and take keywords out by a click.

    ``url``: the database. Nothing is saved. Empty where there is no browser to measure with.
    """
    chromium = shutil.which("chromium")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        chromium = None
    if chromium is None:
        sys.stderr.write("Without Playwright and Chromium keystrokes are not measured.\n")
        return []
    with _serve(home, url) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_FLAGS))
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
        waited = _edit(page, f"/topics/{topic_id}", keywords, exclusions, dropped)
        browser.close()
    typed = sorted(waited.typed)
    return [
        Figure("studio.keystroke_ms", typed[-1], "ms, the slowest", 300, at_most=True),
        Figure("studio.keystroke_p95_ms", typed[int(0.95 * (len(typed) - 1))], "ms"),
        Figure("studio.keystroke_median_ms", typed[len(typed) // 2], "ms"),
        Figure("studio.keystroke_edits", len(typed), "phrases typed"),
        Figure("studio.click_ms", max(waited.clicked), "ms, the slowest", 300, at_most=True),
        Figure("studio.ready_ms", waited.ready, "ms from entering the draft, once a process"),
        Figure("studio.answer_kb", waited.kilobytes, "KB of an answer"),
    ]


def _edit(
    page: Page, path: str, keywords: Sequence[str], exclusions: Sequence[str],
    dropped: Sequence[str],
) -> Waited:  # fmt: skip
    sizes: list[int] = []
    page.on(
        "response",
        lambda answer: (
            sizes.append(int(answer.headers.get("content-length", "0")))
            if "draft=1" in answer.url
            else None
        ),
    )
    page.add_init_script(_WATCH)
    page.goto(path)
    started = time.monotonic()
    with page.expect_response(lambda answer: answer.url.endswith("/ready"), timeout=120_000):
        page.locator("#add-keyword").focus()
    ready = 1000 * (time.monotonic() - started)
    typed: list[float] = []
    for field, name, phrases in (("keyword", "k", keywords), ("exclusion", "x", exclusions)):
        for phrase in phrases:
            entry = page.locator(f"#add-{field}")
            entry.focus()
            page.evaluate("window.drawn = []")
            entry.press_sequentially(phrase, delay=_PER_KEY)
            typed.append(_wait(page, f"{name}={phrase}", is_there=True))
            page.keyboard.press("Control+A")
            page.keyboard.press("Delete")
            page.wait_for_timeout(700)  # until what emptying asked for has come
    clicked: list[float] = []
    for phrase in dropped:
        for label, is_there in ((f"Remove {phrase}", False), (f"Keep {phrase}", True)):
            page.evaluate("window.drawn = []")
            page.get_by_role("button", name=label, exact=True).click()
            if is_there:  # the draft is what is saved again: nothing would change
                page.wait_for_selector(f"button[aria-label='Remove {phrase}']")
                page.wait_for_timeout(300)
            else:
                clicked.append(_wait(page, f"k={phrase}", is_there=False))
    return Waited(tuple(typed), tuple(clicked), ready, max(sizes, default=0) / 1024)


def _wait(page: Page, told: str, *, is_there: bool) -> float:
    """Milliseconds from the last key to the first drawn answer to it."""
    found = page.wait_for_function(
        "([told, isThere]) => { const answer = window.drawn.find(([at, of]) =>"
        " at >= window.pressed && of.length && of.includes(told) === isThere);"
        " return answer ? answer[0] - window.pressed : null; }",
        arg=[told, is_there],
        timeout=_WAITING,
    )
    return float(found.json_value())


@contextmanager
def _serve(home: Path, url: str) -> Iterator[str]:
    """``warmlist serve`` over this database, as an operator starts it; its address."""
    port = free_port()
    settings = {
        "WARMLIST_HOME": str(home), "WARMLIST_DATABASE_URL": url, "WARMLIST_WEB__DOORS": "open",
    }  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", str(port),
    ]  # fmt: skip
    with run_server(command, address, "/static/warmlist.css", settings=settings, silent=True):
        yield address
