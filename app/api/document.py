"""The addresses under ``/api`` as an OpenAPI document, for programs that are made from one."""

from __future__ import annotations

from typing import Any, Final

from models import CHANNELS, DISPOSITIONS

_PROBLEMS: Final = {
    "400": "It cannot be read or done.",
    "401": "There is no key, or one that works no longer.",
    "404": "It is not there, not yours, or not in the key's scope.",
    "409": "Somebody was first.",
    "413": "The body is too long.",
    "429": "Too many requests within a minute.",
}
_TEXT: Final = {"type": "string"}
_NUMBER: Final = {"type": "integer", "minimum": 1}
_REP: Final = {
    "name": "rep", "in": "query", "schema": {"type": "integer"},
    "description": "A rep's number; without it one's own, or everybody one may see.",
}  # fmt: skip
_DATE: Final = {
    "name": "date", "in": "query", "schema": {"type": "string", "format": "date"},
    "description": "A day; without it today.",
}  # fmt: skip
_KEY: Final = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100},
    "description": "The same key again answers the same and does nothing.",
}  # fmt: skip


def describe_api() -> dict[str, Any]:
    """The document, OpenAPI 3.1; ``docs/api.md`` says the same in words."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Warmlist", "version": "1"},
        "security": [{"key": []}],
        "paths": {
            "/api/lists": {
                "get": _operation(
                    "A rep's list of a day", "lists:read", "200",
                    _object(
                        ["rep", "date", "items"],
                        rep=_TEXT, date=_TEXT, items={"type": "array"},
                    ),
                    parameters=[_REP, _DATE],
                )
            },
            "/api/attainment": {
                "get": _operation(
                    "How far reps have come on each quota", "attainment:read", "200",
                    {"type": "array", "items": _object(["rep", "target", "rank"])},
                    parameters=[_REP],
                )
            },
            "/api/touches": {
                "post": _operation(
                    "Record what came of a contact", "touches:write", "201",
                    _object(
                        ["touch", "assignment", "channel", "disposition", "occurred_at"],
                        touch=_NUMBER, assignment=_NUMBER, channel=_TEXT, disposition=_TEXT,
                        occurred_at={"type": "string", "format": "date-time"},
                    ),
                    parameters=[_KEY],
                    body=_object(
                        ["assignment", "channel", "disposition"],
                        assignment=_NUMBER, channel={"enum": list(CHANNELS)},
                        disposition={"enum": list(DISPOSITIONS)}, note={"type": ["string", "null"]},
                    ),
                )
            },
            "/api/lists/more": {
                "post": _operation(
                    "Ask for people on top of one's own list", "touches:write", "201",
                    _object(["rep", "date", "more"], rep=_TEXT, date=_TEXT, more=_NUMBER),
                    parameters=[_KEY],
                    body=_object([], count={"type": ["integer", "null"], "minimum": 1}),
                    optional=True,
                )
            },
        },
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": _object(["error", "remedy"], error=_TEXT, remedy=_TEXT)},
        },
    }  # fmt: skip


def _operation(
    summary: str,
    scope: str,
    done: str,
    answer: dict[str, Any],
    *,
    parameters: list[dict[str, Any]],
    body: dict[str, Any] | None = None,
    optional: bool = False,
) -> dict[str, Any]:
    problem = _json({"$ref": "#/components/schemas/Problem"})
    responses = {
        code: {"description": said, "content": problem} for code, said in _PROBLEMS.items()
    }
    described: dict[str, Any] = {
        "summary": summary,
        "description": f"The key's scope: {scope}.",
        "parameters": parameters,
        "responses": {done: {"description": "Done.", "content": _json(answer)}, **responses},
    }
    if body is not None:
        described["requestBody"] = {"required": not optional, "content": _json(body)}
    return described


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}
