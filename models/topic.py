"""Topics: what we listen for."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Code, Id, Instant, JsonList, LongText, Name


class Topic(Base):
    """Owns keywords, exclusions, communities, languages and places; ``version`` counts changes.

    ``fit_applied`` is false from a change of languages or places until its prospects were judged by
    it.
    """

    __tablename__ = "topics"
    __table_args__ = (
        CheckConstraint("half_life_hours > 0", name="half_life_positive"),
        CheckConstraint("window_days > 0", name="window_positive"),
    )

    id: Mapped[Id]
    name: Mapped[Name] = mapped_column(unique=True)
    description: Mapped[LongText] = mapped_column(default="")
    languages: Mapped[JsonList] = mapped_column(default=list)  # empty: every language
    places: Mapped[JsonList] = mapped_column(default=list)  # countries (ISO 3166); empty: any
    half_life_hours: Mapped[float]
    window_days: Mapped[float]
    version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    fit_applied: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]
    updated_at: Mapped[Instant]

    keywords: Mapped[list[Keyword]] = relationship(
        back_populates="topic", cascade="all, delete-orphan", order_by="Keyword.id"
    )
    communities: Mapped[list[Community]] = relationship(
        back_populates="topic", cascade="all, delete-orphan", order_by="Community.id"
    )


class Keyword(Base):
    """A phrase of a topic, or with ``role='exclusion'`` a phrase that holds a post back.

    Removed keywords stay with ``active`` false, since matches refer to them.
    """

    __tablename__ = "keywords"
    __table_args__ = (
        UniqueConstraint("topic_id", "role", "folded"),
        CheckConstraint("role IN ('keyword', 'exclusion')", name="role"),
    )

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    role: Mapped[Code]
    phrase: Mapped[Name]
    folded: Mapped[Name]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[Instant]

    topic: Mapped[Topic] = relationship(back_populates="keywords")


class Community(Base):
    """Where a topic listens: a subreddit, a tag, a feed. None: everywhere allowed."""

    __tablename__ = "communities"
    __table_args__ = (UniqueConstraint("topic_id", "network", "name"),)

    id: Mapped[Id]
    topic_id: Mapped[int] = mapped_column(ForeignKey("topics.id", ondelete="CASCADE"))
    network: Mapped[Code]  # "any" where the name alone tells
    name: Mapped[Name]

    topic: Mapped[Topic] = relationship(back_populates="communities")
