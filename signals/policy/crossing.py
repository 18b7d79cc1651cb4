"""Phrases made of parts, for the tables of words. Pure."""

from __future__ import annotations


def cross(*parts: str) -> str:
    """Every phrase that takes one of each part; parts and phrases are written "one / another"."""
    phrases = [""]
    for part in parts:
        words = [" ".join(word.split()) for word in part.split("/")]
        phrases = [f"{phrase} {word}".strip() for phrase in phrases for word in words if word]
    return " / ".join(phrases)
