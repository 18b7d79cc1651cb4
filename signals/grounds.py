"""Why people may be processed who came from elsewhere than a source: what was stated with them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FileImport


def note_ground(
    session: Session, *, name: str, lawful_basis: str, networks: Iterable[str], now: datetime
) -> None:
    """Write down once which basis a deliverer stated, and for which networks it brought people.

    ``name`` is the deliverer's. It stands beside the imports of files, which state theirs too.
    """
    brought = set(networks)
    if not brought or not lawful_basis.strip():
        return
    known: set[str] = set()
    for listed in session.scalars(
        select(FileImport.networks).where(
            FileImport.name == name, FileImport.lawful_basis == lawful_basis
        )
    ):
        known.update(map(str, listed or ()))
    if brought <= known:
        return
    session.add(
        FileImport(
            name=name, lawful_basis=lawful_basis, networks=sorted(brought - known),
            started_at=now, ended_at=now,
        )
    )  # fmt: skip
