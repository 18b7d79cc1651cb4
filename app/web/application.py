"""The web application of a workspace."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from anyio import to_thread
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import ASGIMiddleware, DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.access.who import ANYONE
from app.api.routes import Api
from app.bootstrap import Workspace, read_clock
from app.web.account import AccountPages
from app.web.guard import add_security_headers
from app.web.handover import HandoverPages
from app.web.head_requests import answer_head
from app.web.hooks import HookDoors, ShortLinks
from app.web.judging import JudgingPages
from app.web.later import LaterPages
from app.web.leaderboard import LeaderboardPages
from app.web.linking import LinkPages, PersonLinkPages
from app.web.lost import LostPages
from app.web.more import MorePages
from app.web.my_rewards import MyRewardPages
from app.web.openid_pages import OpenIdPages
from app.web.pages import STATIC
from app.web.people import PeoplePages
from app.web.privacy import PrivacyPages
from app.web.proposals import ProposalPages
from app.web.prospects import ProspectPages
from app.web.quotas import QuotaPages
from app.web.refusals import show_failure, show_http_refusal, show_refusal
from app.web.reps import RepPages
from app.web.rewards import RewardPages
from app.web.search import SearchPages
from app.web.served import Served
from app.web.setup import SetupPages
from app.web.setup_listening import SetupListeningPages
from app.web.sign_in import SignInPages
from app.web.sources import SourcePages
from app.web.staff import StaffPages
from app.web.team import TeamPages
from app.web.team_calendar import TeamCalendarPages
from app.web.today import TodayPages
from app.web.topic_budget import BudgetPages
from app.web.topic_counts import CountPages
from app.web.topic_studio import StudioPages
from app.web.topic_weights import WeightPages
from app.web.topic_yield import YieldPages
from app.web.topics import TopicPages
from config.errors import Refused

_LARGEST_FORM = 256 * 1024
_THREADS = 10


def create_app(
    workspace: Workspace,
    clock: Callable[[], datetime] = read_clock,
    *,
    host: str | None = None,
) -> Litestar:
    """The pages of ``workspace``.

    ``clock`` tells the time, so that tests can set it. ``host`` is the address the server is bound
    to where that is not the setting's.
    """
    return assemble(Served(workspace, clock, host))


def assemble(served: Served) -> Litestar:
    """Every route, in front of what ``served`` holds when it is asked."""
    app = Litestar(
        route_handlers=[
            TodayPages,
            LaterPages,
            MorePages,
            ProspectPages,
            PersonLinkPages,
            RepPages,
            TopicPages,
            StudioPages,
            JudgingPages,
            YieldPages,
            CountPages,
            BudgetPages,
            WeightPages,
            TeamPages,
            TeamCalendarPages,
            HandoverPages,
            LinkPages,
            LeaderboardPages,
            RewardPages,
            MyRewardPages,
            ProposalPages,
            QuotaPages,
            SetupPages,
            SetupListeningPages,
            SearchPages,
            SignInPages,
            OpenIdPages,
            LostPages,
            AccountPages,
            SourcePages,
            PeoplePages,
            StaffPages,
            PrivacyPages,
            Api,
            HookDoors,
            ShortLinks,
            create_static_files_router(
                "/static",
                directories=[STATIC],
                # the address changes with the content
                cache_control=CacheControlHeader(public=True, max_age=31_536_000, immutable=True),
                opt={"allow": ANYONE},
                # not the pages: beside a secret of its form a page's size is not to be measured
                middleware=[
                    DefineMiddleware(CompressionMiddleware, config=CompressionConfig("gzip"))
                ],
            ),
        ],
        dependencies={
            "workspace": Provide(lambda: served.workspace, sync_to_thread=False),
            "studio": Provide(lambda: served.studio, sync_to_thread=False),
            "stock": Provide(lambda: served.stock, sync_to_thread=False),
            "openid": Provide(lambda: served.openid, sync_to_thread=False),
            "clock": Provide(lambda: served.clock, sync_to_thread=False),
            "pages": Provide(lambda: served.pages, sync_to_thread=False),
        },
        csrf_config=served.csrf,
        middleware=[_Through(lambda: served.guard), _Through(lambda: served.door)],
        before_send=[_send_headers],
        on_startup=[_limit_threads],
        exception_handlers={
            Refused: show_refusal,
            HTTPException: show_http_refusal,
            Exception: show_failure,
        },
        request_max_body_size=_LARGEST_FORM,
        state=State(served.state),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = answer_head(app.asgi_handler)
    return app


class _Through(ASGIMiddleware):
    """Passes on to what stands there when it is asked."""

    def __init__(self, find: Callable[[], ASGIMiddleware]) -> None:
        self._find = find

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Let that one decide."""
        await self._find().handle(scope, receive, send, next_app)


def _limit_threads() -> None:
    """More threads than connections to the database would only wait for these."""
    to_thread.current_default_thread_limiter().total_tokens = _THREADS


async def _send_headers(message: Message, scope: Scope) -> None:
    public: str = scope["litestar_app"].state["public_url"]
    add_security_headers(message, is_https=public.startswith("https://"))
