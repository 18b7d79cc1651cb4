"""What a failure leaves behind, and that nothing moves for who asked for no motion."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import conftest
from tests.browser.conftest import Site, keep_pictures, pytest_runtest_makereport

pytestmark = pytest.mark.browser


def test_a_failure_leaves_a_picture_of_every_open_page(
    chromium: Browser, page: Page, tmp_path: Path
) -> None:
    page.goto("/reps")
    page.context.new_page()
    kept = keep_pictures(chromium, "tests/x.py::test_y[light/ar]", tmp_path / "kept")
    assert [path.name for path in kept] == [
        "tests-x.py-test_y-light-ar-1.png", "tests-x.py-test_y-light-ar-2.png",
    ]  # fmt: skip
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in kept)


@pytest.mark.parametrize("outcome", ["passed", "failed"])
def test_the_picture_is_taken_when_a_test_fails(
    page: Page,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    outcome: Literal["passed", "failed"],
) -> None:
    monkeypatch.setattr(conftest, "PICTURES", tmp_path / "kept")
    page.goto("/reps")

    def end() -> None:
        assert outcome == "passed"

    call = pytest.CallInfo.from_call(end, "call")
    hook = pytest_runtest_makereport(request.node, call)
    next(hook)
    with pytest.raises(StopIteration) as ended:
        hook.send(pytest.TestReport.from_item_and_call(request.node, call))
    told = [text for name, text in ended.value.value.sections if name == "picture"]
    kept = sorted(str(path) for path in (tmp_path / "kept").glob("*.png"))
    assert told == kept
    assert len(kept) == (outcome == "failed")


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_who_asked_for_no_motion(
    chromium: Browser, site: Site, motion: Any
) -> None:
    context = chromium.new_context(base_url=site.url, reduced_motion=motion)
    context.add_cookies([{"name": "rep", "value": "1", "url": site.url}])
    page = context.new_page()
    moving = set()
    for address in ("/today", "/team", "/topics/1", "/quotas", "/people/teams"):
        page.goto(address)
        moving |= set(
            page.evaluate(
                """() => [...document.querySelectorAll("*")].filter(one => {
                    const style = getComputedStyle(one);
                    return /[1-9]/.test(style.transitionDuration + style.animationDuration);
                }).map(one => one.tagName)"""
            )
        )
    context.close()
    assert bool(moving) == (motion == "no-preference"), moving
