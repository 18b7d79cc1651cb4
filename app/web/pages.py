"""How a page is made: whose language, which template, which cookies."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, AnyStr, Final
from urllib.parse import urlencode

import jinja2
from litestar import Request, Response
from litestar.datastructures import Cookie, State
from litestar.enums import MediaType
from litestar.template.base import csrf_token
from markupsafe import escape

from app.access.keys import USUAL
from app.access.who import Who
from app.web.charts import draw_warmth
from app.web.door import COOKIE, read_who, require_who
from app.web.outside import calm_name, calm_parts, calm_words, read_link, shorten
from app.wording import LANGUAGES, Language, Wording

STATIC: Final = Path(str(files("app"))) / "web" / "static"
_NOT_DRAWN: Final = frozenset({COOKIE, "csrftoken"})
_YEAR: Final = 365 * 24 * 3600
#: What a link to the same page in another language leaves out: it was true once.
_PASSING: Final = frozenset(
    {"lang", "digits", "recorded", "undone", "later", "handed", "taken", "given", "kept"}
)

# Where a browser's token and a form's key will stand; nobody's words can hold what nobody knows.
_TOKEN_MARK: Final = secrets.token_hex(24)
_KEY_MARK: Final = secrets.token_hex(24)

PageRequest = Request[Any, Any, State]


def in_same_language(request: PageRequest, path: str) -> str:
    """The path with the language and digits that this address asked for."""
    asked = {k: request.query_params[k] for k in ("lang", "digits") if k in request.query_params}
    return f"{path}?{urlencode(asked)}" if asked else path


def read_wording(request: PageRequest) -> Wording:
    """The language asked for in the address, else the one chosen before, else the browser's."""
    asked = request.query_params.get("lang") or request.cookies.get("lang", "")
    if asked not in LANGUAGES:
        asked = _preferred(request.headers.get("accept-language", ""))
    digits = request.query_params.get("digits") or request.cookies.get("digits", "")
    language: Language = "ar" if asked == "ar" else "en"
    return Wording(language, arabic_digits=digits != "latn")


def _preferred(header: str) -> str:
    for part in header.lower().split(","):
        language = part.split(";")[0].strip().split("-")[0]
        if language in LANGUAGES:
            return language
    return "en"


def read_rep_id(request: PageRequest) -> int | None:
    """Which rep this browser looks at: the address first, then in an open workspace the cookie.

    Behind closed doors the default is one's own list. Whether it may be seen is asked when the rep
    is read: ``app.web.reps.find_reader``.
    """
    who = require_who(request)
    asked = read_number(request.query_params.get("rep"))
    if asked is not None:
        return asked
    return read_number(request.cookies.get("rep", "")) if who.is_open else who.rep_id


def read_number(text: str | None) -> int | None:
    """A row number from an address or a form; ``None`` for anything else."""
    if text and text.isascii() and text.isdigit() and len(text) <= 18:
        return int(text)
    return None


def read_field(form: Mapping[str, Any], name: str, longest: int = 2000) -> str:
    """One field of a form as text; a repeated or missing one is empty."""
    value = form.get(name, "")
    return value[:longest].replace("\x00", "") if isinstance(value, str) else ""


def remember(key: str, value: str) -> Cookie:
    """A cookie that keeps a choice for a year; scripts cannot read it."""
    return Cookie(key=key, value=value, max_age=_YEAR, httponly=True, samesite="lax", path="/")


def render(
    request: PageRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    cookies: Sequence[Cookie] = (),
) -> Response[str]:
    """One page in the reader's language; a choice made in the address is remembered."""
    return answer(request, draw(request, template, context), status=status, cookies=cookies)


def draw(request: PageRequest, template: str, context: Mapping[str, Any]) -> str:
    """A page without what belongs to one browser alone: ``answer`` puts that in.

    It goes by ``context``, by the address, and by what ``drawn_by`` says.
    """
    wording = read_wording(request)
    return (
        _environment(wording)
        .get_template(template)
        .render(
            **context,
            token=_TOKEN_MARK,
            key=_KEY_MARK,
            address=lambda **changes: _address(request, changes),
            here=request.url.path,
            who=read_who(request),
            letters=_letters_of(read_who(request)),
            sample=bool(request.app.state.get("sample")),
        )
    )


def draw_part(wording: Wording, template: str, **context: Any) -> str:
    """A piece of a page that goes by the language and ``context`` alone."""
    return _environment(wording).get_template(template).render(context)


def drawn_by(request: PageRequest) -> tuple[Hashable, ...]:
    """All of a request that a page goes by: equal ones get the same page of the same data."""
    return (
        request.scope["path"],
        request.scope["query_string"],
        read_wording(request),
        read_who(request),
        # every choice a browser remembers, also one that is added to pages some day
        tuple(sorted((k, v) for k, v in request.cookies.items() if k not in _NOT_DRAWN)),
    )


def answer(
    request: PageRequest, drawn: AnyStr, *, status: int = 200, cookies: Sequence[Cookie] = ()
) -> Response[AnyStr]:
    """A drawn page for this browser: with its token, and with a key of its own for its form."""
    chosen: list[Cookie] = [
        remember(name, request.query_params[name])
        for name, allowed in (("lang", LANGUAGES), ("digits", ("arab", "latn")))
        if request.query_params.get(name) in allowed
    ]
    token = str(escape(csrf_token({"request": request})))
    return Response(
        _fill(_fill(drawn, _TOKEN_MARK, token), _KEY_MARK, uuid.uuid4().hex),
        media_type=MediaType.HTML,
        status_code=status,
        cookies=[*cookies, *chosen],
        headers={"Cache-Control": "no-store", "Vary": "Cookie, Accept-Language"},
    )


def _fill(drawn: AnyStr, mark: str, value: str) -> AnyStr:
    if isinstance(drawn, str):
        return drawn.replace(mark, value)
    return drawn.replace(mark.encode(), value.encode())


def _letters_of(who: Who | None) -> dict[str, str]:
    """What each key does for this reader."""
    return {**USUAL, **(dict(who.letters) if who is not None else {})}


def _address(request: PageRequest, changes: Mapping[str, str]) -> str:
    """This page with other choices; after a refused form, the page the form stood on."""
    path = request.url.path if request.method == "GET" else "/"
    kept = {k: v for k, v in request.query_params.items() if k not in _PASSING}
    return f"{path}?{urlencode(kept | dict(changes))}"


def _calm(value: object) -> object:
    """Whatever a template prints, without letters that turn or hide text, wherever it came from."""
    return calm_words(value) if isinstance(value, str) and not value.isprintable() else value


@cache
def _environment(wording: Wording) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("app.web", "templates"),
        autoescape=True,
        finalize=_calm,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,  # it looked at a file for every row
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        wording.gettext, wording.ngettext, newstyle=True
    )
    environment.filters["name"] = calm_name
    environment.globals.update(
        w=wording,
        languages=LANGUAGES,
        parts=calm_parts,
        shorten=shorten,
        link=read_link,
        static=_static,
        warm=draw_warmth,
        has_htmx=(STATIC / "vendor" / "htmx.min.js").exists(),
    )
    return environment


@cache
def _static(path: str) -> str:
    """The address of a file of ours, which changes with its content."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"
