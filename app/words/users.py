"""Users in words: roles, keys for programs, and what was done to whose data."""

from __future__ import annotations

from typing import Final

from app.words.texts import Texts

#: What a program with a key may do.
SCOPES: Final = {
    "lists:read": "read lists",
    "touches:write": "record contacts",
    "attainment:read": "read attainment",
}
#: Roles of users.
ROLES: Final = {"rep": "rep", "manager": "manager", "admin": "admin"}
#: Who did something where nobody signs in, as it is written down.
ACTORS: Final = {
    "open workspace": "somebody without a name",
    "manager": "manager",
    "admin": "admin",
}
#: What was done to somebody's data.
PRIVACY_ACTIONS: Final = {
    "export": "export",
    "erase": "erasure",
    "object": "objection",
    "keep_out": "kept out",
    "notice": "notice",
    "suppress_add": "left alone",
    "suppress_import": "list imported",
    "suppress_remove": "taken off the list",
    "team_add": "team added",
    "team_change": "team changed",
    "rep_add": "rep added",
    "rep_stop": "rep deactivated",
    "rep_return": "rep brought back",
    "territory": "territory changed",
}
#: What a key of the keyboard does.
KEY_ACTIONS: Final = {
    "next": "Next",
    "previous": "Previous",
    "call": "Call",
    "email": "E-mail",
    "message": "Message",
    "meeting": "Meeting",
    "snooze": "Snooze",
    "back": "Hand back",
    "original": "Open original",
    "undo": "Undo",
    "search": "Search",
    "help": "All keys",
}
#: Why somebody who was to be left alone may be contacted again.
LIFTS: Final = {
    "mistake": "It was entered by mistake",
    "consent": "They asked to be contacted again",
}
#: Kinds of names on the suppression list.
CONTACT_KINDS: Final = {
    "account": "accounts",
    "handle": "handles",
    "email": "e-mails",
    "phone": "phone numbers",
    "domain": "domains",
}


class UserWords(Texts):
    """Users and what they do."""

    def role(self, code: str) -> str:
        """What a user may do."""
        return self.gettext(ROLES[code]) if code in ROLES else code

    def actor(self, name: str) -> str:
        """Who did something; a name stands as it was given."""
        return self.gettext(ACTORS[name]) if name in ACTORS else name

    def scope(self, code: str) -> str:
        """What a key allows."""
        return self.gettext(SCOPES[code]) if code in SCOPES else code

    def privacy_action(self, code: str) -> str:
        """What was done to somebody's data."""
        return self.gettext(PRIVACY_ACTIONS[code]) if code in PRIVACY_ACTIONS else code

    def key_action(self, code: str) -> str:
        """What a key does."""
        return self.gettext(KEY_ACTIONS[code])

    def lift(self, code: str) -> str:
        """Why somebody may be contacted again, or which team or rep it was about."""
        for kind, said in (
            ("team ", self.gettext("Team %(n)s")),
            ("rep ", self.gettext("Rep %(n)s")),
        ):
            if code.startswith(kind):
                return said % {"n": self.digits(code.removeprefix(kind))}
        return self.gettext(LIFTS[code]) if code in LIFTS else code

    def contact_kind(self, code: str) -> str:
        """A kind of name, in the plural."""
        return self.gettext(CONTACT_KINDS[code]) if code in CONTACT_KINDS else code
