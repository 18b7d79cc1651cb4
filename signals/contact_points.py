"""Names by which somebody may be known: handles, e-mails, phones, domains, each in one spelling.

Pure. The suppression list keeps hashes of these spellings, so both sides must agree on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

KINDS: Final = ("account", "handle", "email", "phone", "domain")
#: A handle that is to be kept out of every network.
ANY_NETWORK: Final = "any"

_EMAIL: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<![\w.])(?:\+|00)?\d[\d\s().-]{6,18}\d(?!\w)")
_DOMAIN: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15  # E.164 allows fifteen
_MAILBOX_DOTS_MEAN_NOTHING: Final = frozenset(("gmail.com", "googlemail.com"))


@dataclass(frozen=True, slots=True)
class Point:
    """One name in its one spelling; ``network`` only of handles and accounts."""

    kind: str
    value: str
    network: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        """What is hashed."""
        return (self.kind, self.network, self.value) if self.network else (self.kind, self.value)


def normalise(kind: str, value: str, network: str = "") -> Point | None:
    """A name as somebody typed it in its one spelling; ``None`` if it cannot be one of its kind."""
    text = value.strip()
    if not text:
        return None
    if kind == "account":
        return Point("account", text, network) if network else None
    if kind == "handle":
        handle = normal_handle(text)
        return Point("handle", handle, network or ANY_NETWORK) if handle else None
    spell = {"email": normal_email, "phone": normal_phone, "domain": normal_domain}[kind]
    spelled = spell(text)
    return Point(kind, spelled) if spelled else None


def guess_kind(value: str) -> str:
    """What a bare name most likely is."""
    text = value.strip()
    if _EMAIL.fullmatch(text):
        return "email"
    if normal_phone(text):
        return "phone"
    if not text.startswith("@") and ("://" in text or _DOMAIN.fullmatch(text)):
        return "domain"
    return "handle"


def normal_handle(value: str) -> str:
    """Without «@», «u/» and case: how networks compare handles."""
    return value.strip().removeprefix("/").removeprefix("u/").removeprefix("@").strip().lower()


def normal_email(value: str) -> str | None:
    """Lower case, without a tag; at Google without dots, which mean nothing there."""
    text = value.strip().removeprefix("mailto:").lower()
    if not _EMAIL.fullmatch(text):
        return None
    box, _, host = text.rpartition("@")
    box = box.partition("+")[0]
    domain = normal_domain(host)
    if domain is None or not box:
        return None
    if domain in _MAILBOX_DOTS_MEAN_NOTHING:
        box, domain = box.replace(".", ""), "gmail.com"
    return f"{box}@{domain}"


def normal_phone(value: str) -> str | None:
    """Digits alone, after «+» where a country stands first; ``None`` if it is no phone number."""
    text = value.strip().removeprefix("tel:")
    if re.search(r"[^\d\s()+./-]", text):
        return None
    digits = "".join(str(int(letter)) for letter in text if letter.isdecimal())
    if text.startswith("00"):
        text, digits = "+", digits[2:]
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return None
    return f"+{digits}" if text.startswith("+") else digits


def normal_domain(value: str) -> str | None:
    """The host of an address or a bare domain, as the name system spells it, without «www.»."""
    text = value.strip().lower()
    try:
        host = urlsplit(text).hostname if "://" in text else text.partition("/")[0]
        host = (host or "").rstrip(".").removeprefix("www.")
        spelled = host.encode("idna").decode("ascii")
    except (UnicodeError, ValueError):
        return None
    return (
        spelled if _DOMAIN.fullmatch(spelled) and not spelled.replace(".", "").isdigit() else None
    )


def domain_and_parents(domain: str) -> Iterator[str]:
    """``a.b.example.org`` and what it belongs to, down to two labels."""
    labels = domain.split(".")
    for first in range(len(labels) - 1):
        yield ".".join(labels[first:])


def points_in(text: str) -> Iterator[Point]:
    """The e-mail addresses, with their domains, and phone numbers that a text holds."""
    if "@" in text:
        for match in _EMAIL.finditer(text):
            email = normal_email(match.group().rstrip("."))
            if email:
                yield Point("email", email)
                for domain in domain_and_parents(email.rpartition("@")[2]):
                    yield Point("domain", domain)
    for match in _PHONE.finditer(text):
        phone = normal_phone(match.group())
        if phone:
            yield Point("phone", phone)
            if phone.startswith("+"):  # somebody may have listed it without the country
                yield from (Point("phone", f"0{phone[cut:]}") for cut in (2, 3, 4))


def points_of_profile(
    network: str, external_id: str, handle: str | None, url: str | None
) -> Iterator[Point]:
    """The names an account goes by: its id, handle, and the site it links to."""
    yield Point("account", external_id, network)
    spelled = normal_handle(handle or "")
    if spelled:
        yield Point("handle", spelled, network)
        yield Point("handle", spelled, ANY_NETWORK)
    for address in (url or "", spelled if "." in spelled else ""):
        domain = normal_domain(address) if address else None
        if domain:
            yield from (Point("domain", one) for one in domain_and_parents(domain))
