"""Runs a collector to its end, in one go or broken off after any page."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from signals.collectors.contract import Collector, Cursor, Engagement, Page, Query


def sweep(
    collector: Collector, query: Query, cursor: Cursor | None = None, *, limit: int = 10_000
) -> list[Page]:
    """Every page up to the one marked exhausted, over as many runs as it takes."""
    pages: list[Page] = []
    for _ in range(1_000):
        for page in collector.collect(query, cursor, limit=limit):
            pages.append(page)
            cursor = page.cursor
        if pages and pages[-1].exhausted:
            return pages
    raise AssertionError("the sweep never ended")


def brought(pages: Sequence[Page]) -> list[Engagement]:
    """What they hold, in order."""
    return [engagement for page in pages for engagement in page.engagements]


def names(pages: Sequence[Page]) -> list[str]:
    return [engagement.external_id for engagement in brought(pages)]


def assert_resumes_anywhere(
    make: Callable[[], Collector], query: Query, *, limit: int = 10_000
) -> list[str]:
    """Broken off after any page and resumed, everything is brought once; returns the names."""
    whole = sweep(make(), query, limit=limit)
    expected = sorted(names(whole))
    assert len(expected) == len(set(expected))
    for kept in range(1, len(whole)):
        before = whole[:kept]
        after = sweep(make(), query, before[-1].cursor, limit=limit)
        assert sorted(names(before) + names(after)) == expected, f"broken off after page {kept}"
    return names(whole)
