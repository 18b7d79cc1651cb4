"""The mails that go out, in words: an invitation, and a link for a lost password."""

from __future__ import annotations

from app.words.texts import Texts


class LetterWords(Texts):
    """What a mail says."""

    def letter(self, purpose: str, *, base: str, hours: int) -> tuple[str, list[str], list[str]]:
        """Subject, what stands before the link, and what stands behind it."""
        _ = self.gettext
        once = self.ngettext(
            "The link works once, within %(n)s hour.", "The link works once, within %(n)s hours.",
            hours,
        ) % {"n": self.number(hours)}  # fmt: skip
        if purpose == "invitation":
            return (
                _("Your invitation to Warmlist"),
                [_("You were invited to Warmlist at %(address)s.") % {"address": base},
                 _("Follow this link to choose a password and come in:")],
                [once, _("If you do not know what this is about, ignore this mail.")],
            )  # fmt: skip
        return (
            _("A new password for Warmlist"),
            [_("Somebody asked for a new password for your account at %(address)s.")
             % {"address": base},
             _("Follow this link to choose one:")],
            [once, _("If it was not you, ignore this mail: your password stays as it is.")],
        )  # fmt: skip
