"""Names by which somebody may be known: handles, e-mails, phones, domains, each in one spelling.

Pure. The suppression list keeps hashes of these spellings, so both sides must agree on them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from signals.profile_urls import is_address, read_profile_address
from signals.shared_hosts import is_shared

KINDS: Final = ("account", "handle", "email", "phone", "domain")
#: A handle that is to be kept out of every network.
ANY_NETWORK: Final = "any"

_EMAIL: Final = re.compile(r"[\w.+%-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE: Final = re.compile(r"(?<![\w.])(?:\+|00)?\d[\d\s().-]{6,18}\d(?!\w)")
_DOMAIN: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_URL: Final = re.compile(r"(?:https?://|(?<![\w@.])www\.)[^\s<>\"'()\[\]]+", re.IGNORECASE)
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15  # E.164 allows fifteen
_MAILBOX_DOTS_MEAN_NOTHING: Final = frozenset(("gmail.com", "googlemail.com"))


#: Networks of sites that are not their writers': a company's forum is its customers'.
_ON_OTHERS_SITES: Final = frozenset(("discourse",))


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
    """A name as somebody typed it in its one spelling; ``None`` if it cannot be one of its kind.

    The address of a profile names its handle or account, whatever kind it was taken for. A domain
    where everybody has a page or a mailbox is nobody's.
    """
    text = value.strip()
    if not text:
        return None
    named = point_of_address(text) if kind in {"account", "handle", "domain"} else None
    if named is not None:
        return named
    if kind == "account":
        return Point("account", text, network) if network else None
    if kind == "handle":
        handle = normal_handle(text)
        is_one = handle and not is_address(text)
        return Point("handle", handle, network or ANY_NETWORK) if is_one else None
    spell = {"email": normal_email, "phone": normal_phone, "domain": normal_domain}[kind]
    spelled = spell(text)
    if kind == "domain" and spelled is not None and is_shared(spelled):
        return None
    return Point(kind, spelled) if spelled else None


def point_of_address(text: str) -> Point | None:
    """Whom the address of a profile names; ``None`` for everything else."""
    named = read_profile_address(text)
    if named is None:
        return None
    kind, network, name = named
    return Point(kind, name, network or ANY_NETWORK)


def points_named(value: str, network: str = ANY_NETWORK) -> tuple[Point, ...]:
    """All that a name somebody gave may be: one profile; or a handle, and an e-mail, phone, domain.

    Of a network's own it is a handle there and nothing else. None of an address that is no profile.
    """
    text = value.strip()
    named = point_of_address(text)
    if named is not None:
        return (named,)
    handle = normal_handle(text)
    if is_address(text) or not handle or is_shared(handle):
        return ()
    points = [Point("handle", handle, network), Point("account", text, network)]
    kind = guess_kind(text)
    other = normalise(kind, text) if kind != "handle" and network == ANY_NETWORK else None
    return (*points, other) if other is not None else tuple(points)


def guess_kind(value: str) -> str:
    """What a bare name most likely is; the address of a profile is its handle or account."""
    text = value.strip()
    named = point_of_address(text)
    if named is not None:
        return named.kind
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


def shared_host(value: str) -> str | None:
    """The host that a name gives, if many people have a page or a mailbox there."""
    host = normal_domain(value)
    return host if host is not None and is_shared(host) else None


def domain_and_parents(domain: str) -> Iterator[str]:
    """``a.b.example.org`` and what it belongs to, down to two labels; none that many share."""
    labels = domain.split(".")
    for first in range(len(labels) - 1):
        one = ".".join(labels[first:])
        if not is_shared(one):
            yield one


def points_in_profile(text: str) -> Iterator[Point]:
    """What somebody's words about themselves hold: as ``points_in``, and the sites they name.

    Not for posts: who cites a page of a company is not of that company.
    """
    yield from points_in(text)
    for match in _URL.finditer(text):
        address = match.group().rstrip(".,;:!?…»”")
        named = point_of_address(address)
        if named is not None:
            yield named
        domain = normal_domain(address)
        if domain:
            yield from (Point("domain", one) for one in domain_and_parents(domain))


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
    """The names an account goes by: its id, handle, address, and the site it links to.

    ``name@host`` is told from an e-mail by nobody who reads a list: it is both.
    """
    yield Point("account", external_id, network)
    yield Point("account", external_id, ANY_NETWORK)
    spelled = normal_handle(handle or "")
    if spelled:
        yield Point("handle", spelled, network)
        yield Point("handle", spelled, ANY_NETWORK)
        email = normal_email(spelled) if "@" in spelled else None
        if email:
            yield Point("email", email)
    named = point_of_address(url or "")
    if named is not None:
        yield named
    site = url if network not in _ON_OTHERS_SITES else None
    for address in (site or "", spelled if "." in spelled else ""):
        domain = normal_domain(address) if address else None
        if domain:
            yield from (Point("domain", one) for one in domain_and_parents(domain))
