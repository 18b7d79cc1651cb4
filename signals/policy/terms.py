"""What each network's terms allow: stored, derived, linked, exported, for how long. Pure.

Every write path asks this table; the clause stands beside what it decides. Source: NETWORKS section
2 (read Aug to Oct 2026) and the documents it names. A number no clause names is our own choice, and
says so. ``retention_days`` of a source may shorten what stands here, never lengthen it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from config.errors import Refused

_NO_CLAUSES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one network allows. ``clauses`` names the source of every rule that is not the default.

    ``text_days``: words, profile names and links are dropped this long after they were last seen at
    the network, by collecting or by a re-check; ``name_days``: names and links, where they go
    sooner. ``kept_days``: words and what was made of them are dropped this long after they were
    first heard, whatever a re-check says; ``None``: a re-check renews them. ``recheck_hours``: how
    often stored posts must be asked for again; ``None`` where deletions arrive by themselves or
    cannot be asked for.
    ``profiles``: whether profiles of authors may be asked for; of their words codes alone are kept.
    ``export_a_day``: objects with their words a person may take out on one day; ids beyond.
    """

    name: str
    store_text: bool = True
    profiles: bool = False
    text_days: float = 365.0
    name_days: float | None = None
    kept_days: float | None = None
    payload_days: float = 7.0
    archive: bool = True
    derive: bool = True
    link_people: bool = True
    export: bool = True
    export_a_day: int | None = None
    train: bool = True
    recheck_hours: float | None = None
    needs_approval: bool = False
    approval_from: str = ""
    clauses: Mapping[str, str] = field(default_factory=lambda: _NO_CLAUSES)

    @property
    def longest_days(self) -> float:
        """How many days words are kept unless something renews them; the shorter of both limits."""
        return self.text_days if self.kept_days is None else min(self.text_days, self.kept_days)


_META: Final[Mapping[str, str]] = MappingProxyType(
    {
        "text_days": "Platform Terms 3.d.i.2: deleted as soon as no legitimate business purpose "
        "needs it, no number named; 90 days are our own choice",
        "archive": "our own choice: only what people say below pages of one's own is kept",
        "link_people": "our own choice: nobody is matched with anything from elsewhere",
    }
)
_ANY: Final = Terms(
    name="another network",
    clauses=MappingProxyType(
        {
            "text_days": "GDPR article 5(1)(e): no longer than the purpose needs; 365 days are our "
            "own choice",
            "payload_days": "NETWORKS R9: payloads kept for inspection 7 days",
        }
    ),
)

TERMS: Final[Mapping[str, Terms]] = MappingProxyType(
    {
        "x": Terms(
            name="X",
            kept_days=30.0,
            archive=False,
            export_a_day=500,
            recheck_hours=24.0,
            clauses=MappingProxyType(
                {
                    "kept_days": "our own choice: as long as a signal counts for a topic by "
                    "default; each day of a post is a paid re-check",
                    "archive": "Developer Agreement, restricted use cases: no gathering beyond the "
                    "stated use case",
                    "link_people": "restricted use cases: off X only by what people declare "
                    "themselves or consented to",
                    "export_a_day": "Developer Policy: at most 500 hydrated objects a person a "
                    "day, by hand",
                    "train": "restricted use cases: no training of foundation models; a topic's "
                    "own stage is none and stays in the workspace",
                    "recheck_hours": "Developer Agreement: delete or modify within 24 h of a "
                    "request",
                }
            ),
        ),
        "reddit": Terms(
            name="Reddit",
            text_days=2.0,
            payload_days=2.0,
            archive=False,
            link_people=False,
            train=False,
            recheck_hours=24.0,
            needs_approval=True,
            approval_from="https://support.reddithelp.com/hc/articles/42728983564564",
            clauses=MappingProxyType(
                {
                    "text_days": "Data API Terms: what users delete must go; practice is 48 h of "
                    "unconfirmed text, a re-check renews it",
                    "archive": "Responsible Builder Policy: no use beyond the approved purpose",
                    "link_people": "Responsible Builder Policy: never re-identify, nor match with "
                    "identifiers from elsewhere",
                    "train": "Data API Terms: no training of models",
                    "needs_approval": "Responsible Builder Policy: explicit approval before any "
                    "access, since November 2025",
                }
            ),
        ),
        "youtube": Terms(
            name="YouTube",
            text_days=30.0,
            archive=False,
            recheck_hours=24.0 * 14,
            needs_approval=True,
            approval_from="https://developers.google.com/youtube/terms/developer-policies",
            clauses=MappingProxyType(
                {
                    "text_days": "Developer Policies III.E.4.c and d (of 2026-09-14): stored at "
                    "most 30 calendar days, then deleted or refreshed",
                    "archive": "Developer Policies III.E.4.d: limited amounts of public data, "
                    "for a while",
                    "derive": "Developer Policies III.E.4.h: no new or derived data from API data "
                    "without the derived-metrics amendment: whoever runs this source must have it",
                    "needs_approval": "Developer Policies III.E.4.h: its reference is the "
                    "amendment's; without one nothing is collected",
                    "recheck_hours": "our own choice: twice within the 30 days",
                }
            ),
        ),
        "bluesky": Terms(
            name="Bluesky",
            profiles=True,
            recheck_hours=24.0 * 7,
            clauses=MappingProxyType(
                {
                    "profiles": "public without a log-in (app.bsky.actor.getProfiles); asked for "
                    "so that !no-unauthenticated, which the stream does not carry, is honoured; "
                    "GDPR article 5(1)(c): of words and dates only codes are kept",
                    "recheck_hours": "Developer Guidelines: a method of deletion; the stream "
                    "brings deletions, a re-check finds those missed while away",
                }
            ),
        ),
        "mastodon": Terms(
            name="Mastodon",
            archive=False,
            recheck_hours=24.0,
            clauses=MappingProxyType(
                {
                    "archive": "norms of the fediverse: no crawling beyond what is asked for",
                    "recheck_hours": "deletions federate at once; ours follow within a day",
                }
            ),
        ),
        "hackernews": Terms(
            name="Hacker News",
            recheck_hours=24.0,
            clauses=MappingProxyType(
                {"recheck_hours": "no notice of deletions: compared with the item itself"}
            ),
        ),
        "stackexchange": Terms(
            name="Stack Exchange",
            recheck_hours=24.0 * 7,
            clauses=MappingProxyType(
                {"export": "CC BY-SA: the link to the post and its author goes along"}
            ),
        ),
        "lemmy": Terms(name="Lemmy", archive=False, recheck_hours=24.0),
        "discourse": Terms(name="Discourse", archive=False, recheck_hours=24.0 * 2),
        "rss": Terms(name="RSS and Atom", recheck_hours=None),
        "linkedin": Terms(
            name="LinkedIn",
            text_days=2.0,
            name_days=1.0,
            payload_days=1.0,
            archive=False,
            link_people=False,
            export=False,
            train=False,
            clauses=MappingProxyType(
                {
                    "text_days": "Marketing API data storage requirements: members' social "
                    "activity (posts, comments, their content) 48 hours",
                    "name_days": "data storage requirements: other members' profile data 24 hours, "
                    "as a cache",
                    "payload_days": "data storage requirements: of several limits the shortest "
                    "counts",
                    "link_people": "restricted uses: member data is not combined with other data",
                    "export": "restricted uses: member data does not leave the application, and "
                    "only people of the page itself see it",
                    "train": "our own choice: what goes after 48 hours teaches nothing lasting",
                }
            ),
        ),
        "facebook": Terms(
            name="Facebook", archive=False, link_people=False, text_days=90.0, clauses=_META
        ),
        "instagram": Terms(
            name="Instagram", archive=False, link_people=False, text_days=90.0, clauses=_META
        ),
        "web": Terms(name="own links", recheck_hours=None),
    }
)


def terms_of(network: str) -> Terms:
    """The terms of a network; of one without an entry, those of any."""
    return TERMS.get(network, _ANY)


def name_lifetime(network: str, retention_days: float | None = None) -> timedelta:
    """How long profile names and links may be kept after they were last seen at the network."""
    longest = text_lifetime(network, retention_days)
    days = terms_of(network).name_days
    return longest if days is None else min(longest, timedelta(days=days))


def text_lifetime(network: str, retention_days: float | None = None) -> timedelta:
    """How long words may be kept after they were last seen at the network."""
    days = terms_of(network).text_days
    return timedelta(days=days if retention_days is None else min(days, retention_days))


def kept_lifetime(network: str, retention_days: float | None = None) -> timedelta | None:
    """How long words may be kept after they were first heard; ``None``: while they are seen."""
    days = terms_of(network).kept_days
    if days is None:
        return None
    return timedelta(days=days if retention_days is None else min(days, retention_days))


def check_source(
    network: str,
    *,
    lawful_basis: str | None,
    approval_ref: str | None,
    retention_days: float | None = None,
) -> None:
    """Refuse a source that may not run, with what is missing and where to get it."""
    terms = terms_of(network)
    if not (lawful_basis or "").strip():
        raise Refused(
            "Source %(network)s has no lawful basis.",
            "State one with --lawful-basis, for example 'legitimate interests, assessed 2026-11'.",
            network=network,
            fault="no_basis",
        )
    if terms.needs_approval and not (approval_ref or "").strip():
        raise Refused(
            "Source %(network)s has no approval: %(terms)s must approve the use first.",
            "Ask at %(approval_from)s and give the reference with --approval-ref.",
            network=network,
            terms=terms.name,
            approval_from=terms.approval_from,
            fault="no_approval",
        )
    if retention_days is not None and not 0 < retention_days <= terms.longest_days:
        raise Refused(
            "Retention of %(retention_days)s days is not allowed for %(network)s.",
            "%(terms)s allows more than 0 and at most %(text_days)s days.",
            retention_days=f"{retention_days:g}",
            network=network,
            terms=terms.name,
            text_days=f"{terms.longest_days:g}",
        )
