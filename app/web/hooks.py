"""The doors for programs: webhooks, and the short links people follow."""

from __future__ import annotations

from typing import Any, Final

from litestar import Controller, Request, Response, get, post, route
from litestar.datastructures import State
from litestar.enums import HttpMethod, MediaType
from litestar.params import FromPath

from app.access.who import ANYONE
from app.hooks import find_hook, keep_delivery, read_delivery
from app.web.given import GivenClock, GivenWorkspace
from app.web.head_requests import was_head
from config.errors import NotFound, Refused
from signals.clicks import find_url, is_machine, record_click
from signals.collectors.contract import Malformed
from signals.inbound import linkedin, meta
from signals.inbound.delivery import Forged

_LARGEST: Final = 4 * 1024 * 1024
_SHOWN: Final = 20

HookRequest = Request[Any, Any, State]


class HookDoors(Controller):
    """``/hooks/<name>``: signed deliveries of other systems."""

    path = "/hooks"
    opt = {  # noqa: RUF012 - Litestar declares it so
        "allow": ANYONE,
        "exclude_from_csrf": True,
        "counted": False,  # deliveries are signed, and a network sends as many as there are
    }

    @get("/{name:str}", sync_to_thread=True)
    def prove(
        self, request: HookRequest, workspace: GivenWorkspace, name: FromPath[str]
    ) -> Response[Any]:
        """Answer a network's challenge, by which it learns that the address is ours."""
        try:
            hook = find_hook(workspace, name)
            asked = request.query_params
            if hook.kind == "linkedin" and asked.get("challengeCode"):
                secret = hook.secret.get_secret_value().encode()
                return Response(linkedin.answer_challenge(secret, asked["challengeCode"][:500]))
            if hook.kind == "meta" and "hub.challenge" in asked:
                text = meta.answer_challenge(
                    hook.verify_token.get_secret_value(), asked.get("hub.mode", ""),
                    asked.get("hub.verify_token", ""), asked["hub.challenge"][:500],
                )  # fmt: skip
                return Response(text, media_type=MediaType.TEXT)
        except Forged as error:
            return _refuse(403, str(error))
        except NotFound as error:
            return _refuse(404, error.what)
        except Refused as error:
            return _refuse(503, str(error))
        return _refuse(405, "This address takes signed deliveries by POST.")

    @post("/{name:str}", request_max_body_size=_LARGEST)
    async def receive(
        self,
        request: HookRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        name: FromPath[str],
    ) -> Response[Any]:
        """Take a delivery in; what it brought is matched and stored within seconds."""
        from anyio import to_thread

        body = await request.body()
        headers = {key.lower(): value for key, value in request.headers.items()}
        return await to_thread.run_sync(_take, workspace, name, body, headers, clock())


def _take(
    workspace: Any, name: str, body: bytes, headers: dict[str, str], now: Any
) -> Response[Any]:
    try:
        hook = find_hook(workspace, name)
        delivery = read_delivery(workspace, hook, body, headers, now=now)
    except Forged as error:
        return _refuse(401, str(error))
    except Malformed as error:
        return _refuse(400, error.reason)
    except NotFound as error:
        return _refuse(404, error.what)
    except Refused as error:
        return _refuse(503, str(error))
    left_out = keep_delivery(workspace, name, delivery, now=now)
    return Response(
        {
            "read": len(delivery.engagements),
            "deletions": len(delivery.deletions),
            "left_out": left_out,
            "malformed": [one.reason for one in delivery.malformed[:_SHOWN]],
            "malformed_count": len(delivery.malformed),
        },
        status_code=200,
    )


def _refuse(status: int, text: str) -> Response[Any]:
    return Response({"error": text}, status_code=status)


class ShortLinks(Controller):
    """``/c/<code>``: on to where the link leads, at once."""

    path = "/c"
    opt = {"allow": ANYONE, "exclude_from_csrf": True}  # noqa: RUF012 - Litestar declares it so

    @route("/{code:str}", http_method=[HttpMethod.GET, HttpMethod.HEAD], sync_to_thread=True)
    def follow(
        self,
        request: HookRequest,
        workspace: GivenWorkspace,
        clock: GivenClock,
        code: FromPath[str],
    ) -> Response[bytes]:
        """Redirect, and note a person's click: no cookie, no address kept."""
        with workspace.db.read() as session:
            link_id, url = find_url(session, code[:40])
        headers = {key.lower(): value for key, value in request.headers.items()}
        method = "HEAD" if was_head(request.scope) else request.method
        if not is_machine(method, headers):
            with workspace.db.write() as session:
                record_click(session, link_id, now=clock())
        return Response(
            b"",
            status_code=302,
            headers={
                "Location": url,
                "Cache-Control": "no-store",
                "Referrer-Policy": "no-referrer",
                "X-Robots-Tag": "noindex, nofollow",
            },
        )
