"""Signing in by OpenID Connect: authorization code with PKCE, state and nonce. No SQL.

A provider's word is taken only after its signature, issuer, audience, time and nonce were checked.
What links a browser's start to its return is a cookie that says nothing: state, nonce and PKCE's
verifier are derived from it with a secret of the workspace. Authlib is imported when somebody signs
in and not before. Sources: OpenID Connect Core 1.0 sections 3.1 and 5, Discovery 1.0; RFC 7636;
RFC 9700 (best practice).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as random
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
import msgspec
import structlog

from config.errors import Refused
from config.settings import OpenIdSettings

_log: Any = structlog.get_logger("openid")
_SCOPE: Final = "openid email profile"
_WELL_KNOWN: Final = "/.well-known/openid-configuration"
#: Signatures made with a private key only: a shared secret, or none, proves too little.
_ALGORITHMS: Final = ("RS256", "ES256", "PS256", "RS384", "ES384", "PS384", "RS512", "PS512")
_BASIC: Final = "client_secret_basic"
_NOTHING: Mapping[str, str] = MappingProxyType({})
_MOST_BYTES: Final = 1_000_000
_FRESH: Final = timedelta(hours=1)  # what a provider says of itself is asked for again after it
_KEYS_AGAIN: Final = timedelta(minutes=1)  # an unknown key is looked for at most so often
_PAUSE: Final = timedelta(seconds=10)  # one that is down is not asked by everybody who waits
_LEEWAY: Final = 60  # seconds by which two clocks may differ
_START_MINUTES: Final = 15  # a sign-in that takes longer starts again


class NotTrusted(Refused):
    """What came back proves nothing: nobody is signed in."""


class StartAgain(Refused):
    """The return belongs to no start of this browser, or came too late."""


class Declined(Refused):
    """The provider, or the person there, said no."""


class Unreachable(Refused):
    """The provider gives no answer now."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a provider says somebody is. ``email`` is lower case, empty where it is not verified."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Start:
    """Where to send a browser, and the cookie by which it is known when it comes back."""

    url: str
    cookie: str


@dataclass
class _Known:
    """What the provider said of itself, and when it was asked."""

    document: Mapping[str, Any] = field(default_factory=dict)
    asked_at: datetime | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    keys_at: datetime | None = None
    failed_at: datetime | None = None


class OpenId:
    """One provider, as the settings name it. Safe to share between threads."""

    def __init__(
        self,
        settings: OpenIdSettings,
        *,
        client_secret: str,
        form_secret: str,
        clock: Callable[[], datetime],
    ) -> None:
        if find_spec("authlib") is None:
            raise Refused(
                "Signing in by OpenID Connect needs a library that is not installed.",
                "Install the extra: pip install 'warmlist[oidc]'. Or empty openid.issuer.",
            )
        parts = urlsplit(settings.issuer)
        if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise Refused(
                "openid.issuer %(issuer)s is no https address.",
                "Give the provider's issuer as it stands in its documentation.",
                issuer=repr(settings.issuer),
            )
        if not settings.client_id:
            raise Refused("openid.client_id is not set.", "Register Warmlist with the provider.")
        self.settings = settings
        self._client_secret = client_secret
        self._secret = form_secret.encode()
        self._clock = clock
        self._known = _Known()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """What the provider is called on the sign-in page."""
        return self.settings.name or urlsplit(self.settings.issuer).hostname or "OpenID"

    def start(self, *, redirect_uri: str, wanted: str) -> Start:
        """Begin a sign-in that comes back to ``redirect_uri`` and then goes to ``wanted``."""
        ends = int((self._clock() + timedelta(minutes=_START_MINUTES)).timestamp())
        kept = base64.urlsafe_b64encode(wanted[:500].encode("utf-8", "ignore")).decode()
        body = f"{random.token_urlsafe(24)}.{ends}.{kept}"
        cookie = f"{body}.{self._derive('cookie', body)}"
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        url = prepare_grant_uri(
            self._endpoint("authorization_endpoint"),
            client_id=self.settings.client_id,
            response_type="code",
            redirect_uri=redirect_uri,
            scope=_SCOPE,
            state=self._derive("state", cookie),
            nonce=self._derive("nonce", cookie),
            code_challenge=create_s256_code_challenge(self._derive("verifier", cookie)),
            code_challenge_method="S256",
        )
        return Start(str(url), cookie)

    def finish(
        self, query: Mapping[str, str], cookie: str, *, redirect_uri: str
    ) -> tuple[Claims, str]:
        """Who came back, and where they wanted to go; raises where anything does not fit."""
        wanted = self._read_cookie(cookie)
        if not hmac.compare_digest(
            query.get("state", "").encode(), self._derive("state", cookie).encode()
        ):
            raise StartAgain("This sign-in was not started in this browser.", "Start it again.")
        if query.get("error"):
            _log.info("declined", error=query["error"][:80])
            raise Declined("The provider did not let this person in.", "Try again.")
        # RFC 9207: an answer that names another issuer was mixed up on the way
        if query.get("iss", self.settings.issuer) != self.settings.issuer:
            raise NotTrusted("The answer names another issuer.", "Start again.")
        if not query.get("code"):
            raise StartAgain("The answer holds no code.", "Start again.")
        token = self._fetch_token(query["code"], self._derive("verifier", cookie), redirect_uri)
        claims = self._check_id_token(token, nonce=self._derive("nonce", cookie))
        if not claims.get("email") and "userinfo_endpoint" in self._discover():
            claims |= self._ask_userinfo(token, str(claims["sub"]))
        return self._read_claims(claims), wanted

    # ---- the browser's cookie ----

    def _derive(self, purpose: str, text: str) -> str:
        made = hmac.new(self._secret, f"openid {purpose} {text}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(made.digest()).decode().rstrip("=")

    def _read_cookie(self, cookie: str) -> str:
        body, _, mark = cookie.rpartition(".")
        parts = body.split(".")
        fits = hmac.compare_digest(mark.encode(), self._derive("cookie", body).encode())
        if not fits or len(parts) != 3 or self._clock().timestamp() > int(parts[1]):
            raise StartAgain("This sign-in was started elsewhere or too long ago.", "Start again.")
        return base64.urlsafe_b64decode(parts[2]).decode()

    # ---- the provider ----

    def _endpoint(self, name: str) -> str:
        url = str(self._discover().get(name) or "")
        wanted = urlsplit(self.settings.issuer).scheme
        if urlsplit(url).scheme not in {"https", wanted}:
            raise NotTrusted(f"The provider names no usable {name}.", "Tell who runs it.")
        return url

    def _discover(self) -> Mapping[str, Any]:
        now = self._clock()
        with self._lock:
            known = self._known
            if known.asked_at is None or now - known.asked_at > _FRESH:
                if known.failed_at is not None and now - known.failed_at < _PAUSE:
                    raise Unreachable("The provider cannot be reached.", "Try again later.")
                known.failed_at = now
                document = self._get(self.settings.issuer.rstrip("/") + _WELL_KNOWN)
                known.failed_at = None
                if document.get("issuer") != self.settings.issuer:
                    _log.error("another issuer", said=str(document.get("issuer"))[:200])
                    raise NotTrusted("The provider names another issuer.", "Check openid.issuer.")
                known.document, known.asked_at = document, now
            return known.document

    def _load_keys(self, *, anew: bool) -> Mapping[str, Any]:
        url, now = self._endpoint("jwks_uri"), self._clock()
        with self._lock:
            known = self._known
            aged = known.keys_at is None or now - known.keys_at > (_KEYS_AGAIN if anew else _FRESH)
            if aged:
                known.keys, known.keys_at = self._get(url), now
            return known.keys

    def _get(self, url: str, token: str = "") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        status, document = self._ask("GET", url, headers)
        if status != 200:
            _log.warning("unreachable", url=url, status=status)
            raise Unreachable("The provider cannot be reached.", "Try again later.")
        return document

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] = _NOTHING
    ) -> tuple[int, dict[str, Any]]:
        """Status and document of one bounded request; only a JSON document is an answer."""
        try:
            with (
                httpx.Client(
                    timeout=self.settings.timeout_seconds, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    method,
                    url,
                    headers={"Accept": "application/json", **headers},
                    data=form or None,
                ) as answer,
            ):
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise Unreachable("The provider's answer is too long.", "Try later.")
            return answer.status_code, msgspec.json.decode(body, type=dict[str, Any])
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError) as error:
            _log.warning("unreachable", url=url, error=type(error).__name__)
            raise Unreachable("The provider cannot be reached.", "Try again later.") from error

    def _fetch_token(self, code: str, verifier: str, redirect_uri: str) -> Mapping[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
            "client_id": self.settings.client_id,
        }
        headers: dict[str, str] = {}
        takes = self._discover().get("token_endpoint_auth_methods_supported") or [_BASIC]
        if self._client_secret and _BASIC in takes:
            # each half is encoded as a form is: RFC 6749 section 2.3.1
            pair = f"{quote(self.settings.client_id)}:{quote(self._client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        elif self._client_secret:
            form["client_secret"] = self._client_secret
        status, token = self._ask("POST", self._endpoint("token_endpoint"), headers, form)
        if status >= 500:
            raise Unreachable("The provider cannot be reached.", "Try again later.")
        if status != 200:
            _log.warning("refused", error=str(token.get("error"))[:80])
            raise NotTrusted("The provider did not accept the code.", "Start again.")
        return token

    # ---- what it says ----

    def _check_id_token(self, token: Mapping[str, Any], *, nonce: str) -> dict[str, Any]:
        from authlib.oidc.core import CodeIDToken
        from joserfc.errors import JoseError

        try:
            decoded = self._decode(str(token.get("id_token") or ""))
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={
                    "iss": {"essential": True, "value": self.settings.issuer},
                    "aud": {"essential": True, "value": self.settings.client_id},
                    "sub": {"essential": True},
                    "exp": {"essential": True},
                    "iat": {"essential": True},
                },
                params={
                    "nonce": nonce,
                    "client_id": self.settings.client_id,
                    "access_token": token.get("access_token"),
                },
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=_LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            _log.error("not trusted", error=f"{type(error).__name__}: {error}"[:200])
            raise NotTrusted("The provider's answer cannot be trusted.", "Start again.") from error
        return dict(claims)

    def _decode(self, text: str) -> Any:
        """The token behind a valid signature; keys that are not known yet are asked for once."""
        from joserfc import jwt
        from joserfc.errors import BadSignatureError, JoseError
        from joserfc.jwk import KeySet

        offered = self._discover().get("id_token_signing_alg_values_supported") or ["RS256"]
        allowed = [name for name in _ALGORITHMS if name in offered] or ["RS256"]
        for anew in (False, True):
            # a set may hold kinds of keys that are not known here
            rows = [
                row
                for row in self._load_keys(anew=anew).get("keys", ())
                if isinstance(row, dict) and row.get("kty") in {"RSA", "EC"}
                and row.get("use", "sig") == "sig"
            ]  # fmt: skip
            try:
                return jwt.decode(text, KeySet.import_key_set({"keys": rows}), algorithms=allowed)
            except (BadSignatureError, JoseError, ValueError) as error:
                if anew:
                    raise ValueError(str(error)) from error
        raise AssertionError

    def _ask_userinfo(self, token: Mapping[str, Any], subject: str) -> dict[str, Any]:
        said = self._get(self._endpoint("userinfo_endpoint"), str(token.get("access_token") or ""))
        if said.get("sub") != subject:
            raise NotTrusted("The provider speaks of two people.", "Start again.")
        return {name: said[name] for name in ("email", "email_verified", "name") if name in said}

    def _read_claims(self, claims: Mapping[str, Any]) -> Claims:
        verified = claims.get("email_verified") in {True, "true"}
        email = claims.get("email") if verified else ""
        subject, name = claims["sub"], claims.get("name") or ""
        if not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise NotTrusted("The provider names nobody.", "Start again.")
        return Claims(
            self.settings.issuer,
            subject,
            email.strip().lower() if isinstance(email, str) else "",
            name if isinstance(name, str) else "",
        )
