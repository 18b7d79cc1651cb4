"""Runs migrations on the connection that ``Database.migrate`` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from models import Base
from models.base import UtcDateTime


def _render(kind: str, value: Any, _context: AutogenContext) -> str | Literal[False]:
    """Plain SQLAlchemy in the scripts: a migration must not change when our types do."""
    return (
        "sa.DateTime(timezone=True)" if kind == "type" and isinstance(value, UtcDateTime) else False
    )


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite alters a table by copying it
    compare_type=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
