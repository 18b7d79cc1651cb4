"""What collectors' tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.clients import close_clients


@pytest.fixture(autouse=True)
def _closed_clients() -> Iterator[None]:
    yield
    close_clients()
