"""What may be stored of what a network gives. Pure.

``sensitive`` recognises subjects from which nothing may be derived, ``refusal`` says why an
engagement stays out, ``terms`` what each network allows.
"""

from signals.policy.place_names import spread_place
from signals.policy.refusal import (
    OPT_OUTS,
    find_author_refusal,
    find_refusal,
    has_opted_out,
    is_author_out,
)
from signals.policy.sensitive import find_sensitive, find_sensitive_topic
from signals.policy.subjects import SUBJECT_NAMES, Subject
from signals.policy.terms import (
    TERMS,
    Terms,
    check_source,
    kept_lifetime,
    name_lifetime,
    terms_of,
    text_lifetime,
)

__all__ = [
    "OPT_OUTS",
    "SUBJECT_NAMES",
    "TERMS",
    "Subject",
    "Terms",
    "check_source",
    "find_author_refusal",
    "find_refusal",
    "find_sensitive",
    "find_sensitive_topic",
    "has_opted_out",
    "is_author_out",
    "kept_lifetime",
    "name_lifetime",
    "spread_place",
    "terms_of",
    "text_lifetime",
]
