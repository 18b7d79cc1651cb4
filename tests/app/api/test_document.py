"""Every address for programs against its own OpenAPI document, with odd and with good input."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from litestar.routes import HTTPRoute
from litestar.testing import TestClient
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from app.access.tokens import SCOPES, create_token
from app.access.users import create_user
from app.api.document import describe_api
from app.web.application import create_app
from tests.app.web.small_workspace import NOW, fill, open_small_workspace

#: Without its doors, which tests/app/api/test_api.py tries: the client always sends a good key.
_SCHEMA = schemathesis.openapi.from_dict(describe_api() | {"security": []})


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient[Any]]:
    """Speaks with a key that opens everything."""
    workspace = open_small_workspace(tmp_path_factory.mktemp("api") / "home", "closed")
    with workspace.db.write() as session:
        own = fill(session)
        user = create_user(session, email="rep@example.org", name="Noor", role="rep",
                           password_hash="x", rep_id=own.id, now=NOW)  # fmt: skip
        token = create_token(session, user.id, name="test", scopes=SCOPES, now=NOW)
    app = create_app(workspace, lambda: NOW)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        yield client
    workspace.db.close()


@_SCHEMA.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
    ],
)
def test_an_address_answers_as_its_document_says(
    case: schemathesis.Case, client: TestClient[Any]
) -> None:
    sent = case.as_transport_kwargs(base_url="http://127.0.0.1")
    content = sent.pop("data", None)
    for unused in ("cookies", "timeout", "verify", "cert", "allow_redirects"):
        sent.pop(unused, None)
    answer = client.request(**sent, content=content)
    case.validate_response(
        answer,
        checks=[
            not_a_server_error,
            status_code_conformance,
            content_type_conformance,
            response_schema_conformance,
            negative_data_rejection,
        ],
    )


def test_the_document_names_every_address_and_no_other(client: TestClient[Any]) -> None:
    served = {
        (route.path, method.lower())
        for route in client.app.routes
        if isinstance(route, HTTPRoute) and route.path.startswith("/api/")
        for handler in route.route_handlers
        for method in handler.http_methods - {"HEAD", "OPTIONS"}
    }
    document = client.get("/api/openapi.json").json()
    described = {(path, method) for path, of in document["paths"].items() for method in of}
    assert served - described == {("/api/openapi.json", "get")}
    assert described <= served
    assert document == describe_api()


def test_what_it_takes_is_recorded(client: TestClient[Any]) -> None:
    rows = client.get("/api/lists").json()["items"]
    body = {"assignment": rows[0]["assignment"], "channel": "call", "disposition": "contacted"}
    answer = client.post("/api/touches", json=body, headers={"Idempotency-Key": "of this test"})
    assert answer.status_code == 201
    _SCHEMA["/api/touches"]["POST"].validate_response(answer)


@pytest.mark.parametrize(
    "query", ["rep=null", "rep=", "rep=1&rep=1", "rep=1.0", "date=null", "date=2026-02-30",
              "date=2026-W48-3", "date=2026-11-25&date=2026-11-24"],
)  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused(client: TestClient[Any], query: str) -> None:
    answer = client.get(f"/api/lists?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.json()["error"]
