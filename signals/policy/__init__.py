"""What may be stored of what a network gives. Pure.

``sensitive`` recognises subjects from which nothing may be derived, ``refusal`` says why an
engagement stays out.
"""

from signals.policy.refusal import OPT_OUTS, find_refusal
from signals.policy.sensitive import Subject, find_sensitive

__all__ = ["OPT_OUTS", "Subject", "find_refusal", "find_sensitive"]
