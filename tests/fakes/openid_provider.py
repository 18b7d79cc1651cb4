"""An OpenID Connect provider on 127.0.0.1: discovery, keys, tokens; faults on request."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.fakes.web_server import Asked, Reply

CLIENT, SECRET = "warmlist-test", "the provider's secret"


def make_key(name: str) -> RSAKey:
    """A new key; making one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, private=True, auto_kid=False)


@cache
def _published() -> RSAKey:
    return make_key("one")


@dataclass
class Provider:
    """``person`` are the claims of whoever signs in there; ``over``: other claims, ``None`` drops.

    ``sign_with``: another key than the published one. ``alg_none``: tokens without a signature.
    ``by_secret``: signed with HS256 and the client's secret. ``says_issuer``: discovery's word.
    """

    now: datetime
    issuer: str = ""
    person: dict[str, Any] = field(
        default_factory=lambda: {
            "sub": "s-1", "email": "rep@example.org", "email_verified": True, "name": "Noor",
        }
    )  # fmt: skip
    over: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [_published()])
    sign_with: RSAKey | None = None
    alg_none: bool = False
    by_secret: bool = False
    says_issuer: str = ""
    denies: bool = False
    in_userinfo: bool = False
    codes: dict[str, Mapping[str, str]] = field(default_factory=dict)
    bad: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/.well-known/openid-configuration":
            return Reply(document=self._describe())
        if asked.path == "/keys":
            return Reply(document={"keys": [key.as_dict(private=False) for key in self.keys]})
        if asked.path == "/authorize":
            return self._authorize(asked)
        if asked.path == "/token":
            return self._give_token(asked)
        if asked.path == "/userinfo":
            return Reply(document=self.person)
        return Reply(404, {"error": "not here"})

    def rotate(self, name: str) -> None:
        """Sign with a new key from now on; the old one is published no more."""
        self.keys = [make_key(name)]

    def _describe(self) -> dict[str, Any]:
        here = self.issuer
        return {
            "issuer": self.says_issuer or here,
            "authorization_endpoint": f"{here}/authorize", "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys", "userinfo_endpoint": f"{here}/userinfo",
            "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "none", "HS256"],
            "code_challenge_methods_supported": ["S256"],
        }  # fmt: skip

    def _authorize(self, asked: Asked) -> Reply:
        query = {name: values[0] for name, values in asked.query.items()}
        for name in ("state", "nonce", "code_challenge", "redirect_uri"):
            if not query.get(name):
                self.bad.append(f"no {name}")
        if query.get("code_challenge_method") != "S256" or query.get("client_id") != CLIENT:
            self.bad.append("method or client")
        if query.get("response_type") != "code" or "openid" not in query.get("scope", "").split():
            self.bad.append("type or scope")
        answer = {"state": query.get("state", "")}
        if self.denies:
            answer["error"] = "access_denied"
        else:
            code = secrets.token_urlsafe(12)
            self.codes[code] = query
            answer["code"] = code
        return Reply(303, headers={"Location": f"{query['redirect_uri']}?{urlencode(answer)}"})

    def _give_token(self, asked: Asked) -> Reply:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        begun = self.codes.pop(form.get("code", ""), None)
        wanted = base64.b64encode(f"{quote(CLIENT)}:{quote(SECRET)}".encode()).decode()
        known = asked.headers.get("authorization") == f"Basic {wanted}"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if begun is None or challenge != begun["code_challenge"]:
            return Reply(400, {"error": "invalid_grant"})
        if not known or form.get("redirect_uri") != begun["redirect_uri"]:
            return Reply(401, {"error": "invalid_client"})
        return Reply(
            document={
                "access_token": "opaque", "token_type": "Bearer", "expires_in": 300,
                "id_token": self._sign(begun["nonce"]),
            }
        )  # fmt: skip

    def _sign(self, nonce: str) -> str:
        now = int(self.now.timestamp())
        said = {"sub": self.person["sub"]} if self.in_userinfo else self.person
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **said,
            **self.over,
        }  # fmt: skip
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.alg_none:
            parts = ({"alg": "none", "typ": "JWT"}, claims)
            return ".".join([*(_encode(part) for part in parts), ""])
        if self.by_secret:
            from joserfc.jwk import OctKey

            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2))
        key = self.sign_with or self.keys[0]
        return jwt.encode({"alg": "RS256", "kid": self.keys[0].kid}, claims, key)


def _encode(part: Mapping[str, Any]) -> str:
    import json

    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
