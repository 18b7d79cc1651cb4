"""The web application of a workspace."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import partial

from anyio import to_thread
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import CacheControlHeader, State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.static_files import create_static_files_router
from litestar.types import Message, Scope

from app.access.openid import OpenId
from app.access.who import ANYONE
from app.api.routes import Api
from app.bootstrap import Workspace, read_clock
from app.mailing import is_mailing
from app.stock import Stock
from app.studio import Studio
from app.topic_scorers import load_topic_scorer
from app.web.account import AccountPages
from app.web.door import Door
from app.web.guard import HostGuard, add_security_headers, is_loopback, public_host
from app.web.handover import HandoverPages
from app.web.head_requests import answer_head
from app.web.hooks import HookDoors, ShortLinks
from app.web.judging import JudgingPages
from app.web.kept import KeptPages
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
from models import WorkspaceValue
from models.upsert import insert_ignore

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
    bound_to = host or workspace.settings.web.host
    opened = is_open(workspace)
    pages = KeptPages(round(1e6 * workspace.settings.web.kept_mb))
    openid = _find_provider(workspace, clock)
    studio = Studio(workspace, partial(load_topic_scorer, workspace))
    stock = Stock(workspace.settings.lists)
    if opened and not is_loopback(bound_to):
        raise Refused(
            "An open workspace may not be served on %(address)s: everybody could do everything.",
            'Set web.doors = "closed" and sign in, or serve it on 127.0.0.1.',
            address=bound_to,
        )
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
            "workspace": Provide(lambda: workspace, sync_to_thread=False, use_cache=True),
            "studio": Provide(lambda: studio, sync_to_thread=False, use_cache=True),
            "stock": Provide(lambda: stock, sync_to_thread=False, use_cache=True),
            "openid": Provide(lambda: openid, sync_to_thread=False, use_cache=True),
            "clock": Provide(lambda: clock, sync_to_thread=False, use_cache=True),
            "pages": Provide(lambda: pages, sync_to_thread=False, use_cache=True),
        },
        csrf_config=CSRFConfig(
            secret=read_secret(workspace),
            cookie_httponly=True,
            cookie_secure=workspace.settings.web.public_url.startswith("https://"),
        ),
        middleware=[
            HostGuard(bound_to, public_host(workspace.settings.web.public_url)),
            Door(workspace, clock, opened=opened),
        ],
        before_send=[_send_headers],
        on_startup=[_limit_threads],
        exception_handlers={
            Refused: show_refusal,
            HTTPException: show_http_refusal,
            Exception: show_failure,
        },
        request_max_body_size=_LARGEST_FORM,
        state=State(
            {
                "sample": is_sample(workspace),
                "rows": pages.rows,
                "openid": openid.name if openid is not None else "",
                "mailing": is_mailing(workspace),
                "access": workspace.settings.access,
                "public_url": workspace.settings.web.public_url,
            }
        ),
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    app.asgi_handler = answer_head(app.asgi_handler)
    return app


def _limit_threads() -> None:
    """More threads than connections to the database would only wait for these."""
    to_thread.current_default_thread_limiter().total_tokens = _THREADS


def _find_provider(workspace: Workspace, clock: Callable[[], datetime]) -> OpenId | None:
    """The OpenID Connect provider that is set up, if one is."""
    settings = workspace.settings.openid
    if not settings.issuer:
        return None
    secret = workspace.settings.secrets.get("openid", {}).get("client_secret")
    return OpenId(
        settings,
        client_secret=secret.get_secret_value() if secret is not None else "",
        form_secret=read_secret(workspace),
        clock=clock,
    )


async def _send_headers(message: Message, scope: Scope) -> None:
    public: str = scope["litestar_app"].state["public_url"]
    add_security_headers(message, is_https=public.startswith("https://"))


def is_open(workspace: Workspace) -> bool:
    """Whether nobody has to sign in: the sample workspace, or one that its owner left open."""
    return workspace.settings.web.doors == "open" or is_sample(workspace)


def is_sample(workspace: Workspace) -> bool:
    """Whether everybody in this workspace is invented; its pages say so."""
    with workspace.db.read() as session:
        return session.get(WorkspaceValue, "sample") is not None


def read_secret(workspace: Workspace) -> str:
    """The workspace's secret for forms; it outlives a restart, so that open pages keep working."""
    with workspace.db.read() as session:
        value = session.get(WorkspaceValue, "web_secret")
        if value is not None:
            return value.value
    with workspace.db.write() as session:
        row = {"key": "web_secret", "value": secrets.token_hex(32)}
        insert_ignore(session, WorkspaceValue, [row])
        return session.get_one(WorkspaceValue, "web_secret").value
