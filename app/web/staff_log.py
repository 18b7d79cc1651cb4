"""Changes of teams and reps in the log of who did what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.web.door import require_who
from app.web.pages import PageRequest
from models import Rep, Team
from prospects.erase import record


def note_change(
    session: Session, request: PageRequest, action: str, about: Team | Rep, now: datetime
) -> None:
    """One row: who changed which team or rep, by its number, and when."""
    kind = "team" if isinstance(about, Team) else "rep"
    record(
        session, action, actor=require_who(request).name or "admin", subject=None,
        counts={f"{kind}s": 1}, now=now, reason=f"{kind} {about.id}",
    )  # fmt: skip
