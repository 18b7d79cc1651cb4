"""What a profile's words say of who its account is: codes only, the words are not kept. Pure.

Nothing is read here that says who somebody is as a human being, beyond that they are one.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from signals.collectors.contract import Author
from signals.text import fold

_ENGLISH: Final = {
    "profile.bot": (
        r"\b(?:i am a bot|(?:a|this) bot\b|automated account|automatically posted|auto posts?)"
    ),
    "profile.sells": (
        r"\b(?:dms? (?:open |me )?for (?:rates|prices|orders|collabs?|work|business)"
        r"|book a (?:free )?call|shop (?:now|here)|use (?:my )?code|\d+ ?% off|affiliate"
        r"|link in bio|wholesale|for hire|free (?:quote|consultation)|we ship|order (?:now|via)"
        r"|i help (?:you|people|businesses)|lead gen|(?:growth|marketing) agency)\b"
    ),
    "profile.company": (
        r"\b(?:official (?:account|page)|(?:inc|ltd|llc|gmbh|corp|plc|pty)\b"
        r"|customer (?:service|support|care)|our (?:team|customers|products|services|clients)"
        r"|news(?:room|paper)|since (?:18|19|20)\d\d)"
    ),
    "profile.person": (
        r"\b(?:(?:opinions|views|tweets|posts)(?: are)?(?: all)?(?: my)? own"
        r"|(?:dad|mum|mom|father|mother)\b|i (?:like|love|live|work|write|teach|study) )"
    ),
}
# «الحساب» and such come folded, without their article.
_ARABIC: Final = {
    "profile.bot": r"حساب (?:الي|اوتوماتيكي)|نشر الي|بوت\b",
    "profile.sells": r"للطلب|لطلب|تواصل (?:واتساب|واتس)|متجر|كود خصم|خصم|توصيل لجميع|للبيع|تسويق",
    "profile.company": r"حساب رسمي|شركه|موسسه|مؤسسه|خدمه عملاء|مجموعه شركات",
    "profile.person": r"ارائي|اراي|رايي شخصي|حساب شخصي",
}
_CODES: Final = {
    code: re.compile(f"(?:{english})|(?:{_ARABIC[code]})") for code, english in _ENGLISH.items()
}
# "news_bot", "NewsBot"; not "talbot"
_BOT_NAME: Final = re.compile(r"(?:^|[_\W])[Bb][Oo][Tt]\d*$|(?<=[a-z])(?:Bot|BOT)\d*$")
_READ: Final = 2000  # characters
_NEW: Final = timedelta(days=30)


def read_profile(author: Author, *, age: timedelta | None = None) -> list[str]:
    """Codes of what name, handle and description say, in order; none if they say nothing.

    ``age`` is that of the account where the network tells: of it, too, a code alone is kept.
    """
    text = fold(f"{author.display_name or ''} {(author.description or '')[:_READ]}")
    codes = [code for code, pattern in _CODES.items() if pattern.search(text)]
    if author.handle and _BOT_NAME.search(author.handle.partition(".")[0]):
        codes.append("profile.bot_name")
    if age is not None and age < _NEW:
        codes.append("profile.new")
    return codes
