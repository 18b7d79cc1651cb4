"""Contacts in words: how somebody is reached and what came of it."""

from __future__ import annotations

from typing import Final

from app.words.texts import Texts

CHANNELS: Final = {
    "call": "Call",
    "email": "E-mail",
    "message": "Message",
    "meeting": "Meeting",
}
RECORDED: Final = {
    "call": "Call to %(who)s recorded.",
    "email": "E-mail to %(who)s recorded.",
    "message": "Message to %(who)s recorded.",
    "meeting": "Meeting with %(who)s recorded.",
}
DISPOSITIONS: Final = {
    "contacted": "Contacted",
    "replied": "Replied",
    "meeting": "Meeting agreed",
    "proposal": "Proposal",
    "won": "Won",
    "no_answer": "No answer",
    "not_interested": "Not interested",
    "not_relevant": "Not relevant",
    "wrong_person": "Wrong person",
    "do_not_contact": "Do not contact",
}


class ContactWords(Texts):
    """Contacts."""

    def channel(self, code: str) -> str:
        """How somebody is reached."""
        return self.gettext(CHANNELS[code]) if code in CHANNELS else code

    def recorded(self, channel: str) -> str:
        """That a contact was recorded; takes ``who``."""
        return self.gettext(RECORDED[channel])

    def disposition(self, code: str) -> str:
        """What came of it."""
        return self.gettext(DISPOSITIONS[code]) if code in DISPOSITIONS else code
