"""Cassettes kept as YAML, as recorders of several languages write them.

Nothing of what YAML can do besides data: no objects, no aliases (a few lines of which can stand for
more than any memory holds), no dates; bytes as they are.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

_SUFFIXES: Final = (".yaml", ".yml", ".yaml.gz", ".yml.gz")
#: A cassette larger than this is not read, in bytes: YAML takes a hundred times as long as JSON.
LARGEST_CASSETTE: Final = 16 * 1024 * 1024
_DEEPEST: Final = 200


class UnreadableCassetteError(ValueError):
    """Not YAML, or more of it than data; says why."""


def is_cassette(file: str) -> bool:
    """Whether a file's name says that it is YAML."""
    return file.lower().endswith(_SUFFIXES)


def read_cassette(raw: bytes) -> Any:
    """The document as plain values. Raises ``UnreadableCassetteError``."""
    if len(raw) > LARGEST_CASSETTE:
        raise UnreadableCassetteError("a YAML cassette over 16 MB")
    import yaml  # type: ignore[import-untyped] # the library has no types

    try:
        depth = 0
        for event in yaml.parse(raw, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise UnreadableCassetteError("YAML with aliases")
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:  # composing it would use up the stack
                raise UnreadableCassetteError("YAML nested too deep")
        return yaml.load(raw, Loader=_loader(yaml))  # noqa: S506 - a safe loader that knows less
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, UnreadableCassetteError):
            raise
        raise UnreadableCassetteError("broken YAML") from None


def _loader(yaml: Any) -> Any:
    class Loader(yaml.CSafeLoader):  # type: ignore[misc] # a module that is imported when needed
        """Data alone: what looks like a date is text, and bytes may have Ruby's tag."""

    Loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
    Loader.add_constructor("!binary", _bytes)
    Loader.add_constructor("tag:yaml.org,2002:binary", _bytes)
    return Loader


def _bytes(_: Any, node: Any) -> bytes:
    try:
        return base64.b64decode("".join(str(node.value).split()))
    except (binascii.Error, ValueError):
        raise UnreadableCassetteError("YAML with bytes that are none") from None
