"""Short links of our own and the clicks they brought."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Id, Instant


class Link(Base):
    """``/c/<code>`` leads to ``url``. With a person, a click is that person's signal.

    ``signal_id`` is what the person had said when the link was made: the click counts through it.
    """

    __tablename__ = "links"
    __table_args__ = (Index("ix_links_person_id", "person_id"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(40), unique=True)
    url: Mapped[str] = mapped_column(Text)
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id", ondelete="CASCADE"))
    signal_id: Mapped[int | None] = mapped_column(ForeignKey("signals.id", ondelete="SET NULL"))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]


class Click(Base):
    """Somebody followed a link: when, and nothing about who; no address, no cookie."""

    __tablename__ = "clicks"
    __table_args__ = (Index("ix_clicks_link_id", "link_id", "clicked_at"),)

    id: Mapped[Id]
    link_id: Mapped[int] = mapped_column(ForeignKey("links.id", ondelete="CASCADE"))
    clicked_at: Mapped[Instant]
