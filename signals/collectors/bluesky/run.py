"""What one run over a Jetstream has read and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from signals.collectors.contract import Cost, Cursor, Engagement, Gap, Malformed, Page, Ref, Watch


@dataclass(slots=True)
class Run:
    """What was read since the last page, and where the whole run stands."""

    position: int | None  # newest time_us heard; the cursor of the next page
    opened_us: int  # when the run began: "live" for one without a cursor, the end for the others
    page_at: float = 0.0
    left: int = 0  # engagements until the limit
    engagements: list[Engagement] = field(default_factory=list)
    posts: set[str] = field(default_factory=set)  # of this page: not stored, so not watched yet
    deletions: list[Ref] = field(default_factory=list)
    refused: list[Malformed] = field(default_factory=list)
    seen: int = 0
    held: int = 0  # bytes of the messages that were kept
    requests: int = 0
    gap: Gap | None = None
    too_old: str = ""  # why the server could not begin at the cursor; the first event says where
    finished: bool = False
    # How the current connection is doing.
    url: int = 0
    tries: int = 0
    stuck: int = 0
    skip_us: int = 0
    heard: int = 0
    at_start: bool = True  # no event of this connection has been understood yet
    hang_up: str = ""
    clean: bool = False

    def take(self, *, exhausted: bool = False) -> Page:
        """The page so far; the next one starts empty."""
        page = Page(
            engagements=tuple(self.engagements),
            cursor=Cursor(str(self.opened_us if self.position is None else self.position)),
            deletions=tuple(self.deletions),
            exhausted=exhausted,
            gap=self.gap,
            cost=Cost(requests=self.requests),
            malformed=tuple(self.refused),
            seen=self.seen,
        )
        self.engagements, self.deletions, self.refused = [], [], []
        self.posts = set()
        self.seen, self.requests, self.held, self.gap = 0, 0, 0, None
        return page


@dataclass(frozen=True, slots=True)
class WatchToo:
    """The watched posts and those of the page being read: a like may come right after its post.

    Whether that post matches is only known when the page is stored; a like of one that does not
    is dropped there.
    """

    watch: Watch
    posts: set[str]

    def __contains__(self, external_id: object, /) -> bool:
        return external_id in self.posts or external_id in self.watch
