"""Sends what waits: links for users and invited people, in their language, and nothing else ever.

Nobody whom Warmlist found gets a mail from it: what is sent stands in ``outgoing_mails``, and its
only recipients are users and people an admin invited.
"""

from __future__ import annotations

import html
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any, Final

import structlog

from app.access.mails import Letter, note_failed, note_sent, take_due
from app.bootstrap import Workspace
from app.wording import Wording
from config.errors import Refused
from config.settings import MailSettings

_log: Any = structlog.get_logger("mail")
_MOST_AT_ONCE: Final = 50


class Permanent(Exception):
    """The server will not take this mail however often it is asked."""


def is_mailing(workspace: Workspace) -> bool:
    """Whether links go out by mail here; otherwise an admin passes them on."""
    return bool(workspace.settings.mail.host)


def send_due(workspace: Workspace, *, clock: Callable[[], datetime]) -> int:
    """Send what is due, one after another; returns how many the server took.

    No transaction is open while the server is talked to. A process that dies in between leaves the
    mail to whoever looks after its lease; the person may then get it twice, the later link working.
    """
    mail = workspace.settings.mail
    if not mail.host:
        return 0
    _sender(mail)
    sent = 0
    for _ in range(_MOST_AT_ONCE):
        with workspace.db.write() as session:
            letter = take_due(session, now=clock(), settings=workspace.settings.access)
        if letter is None:
            break
        sent += _send_one(workspace, letter, clock)
    return sent


def _send_one(workspace: Workspace, letter: Letter, clock: Callable[[], datetime]) -> bool:
    mail = workspace.settings.mail
    try:
        deliver(compose(workspace, letter, now=clock()), mail, _password(workspace))
    except Permanent as error:
        again, said = None, f"The mail server refused it: {error}"
    except (OSError, smtplib.SMTPException, UnicodeError) as error:
        wait = timedelta(minutes=min(2.0 ** (letter.attempts - 1), 60))
        again = clock() + wait if letter.attempts < mail.attempts else None
        said = f"The mail server could not be used: {type(error).__name__}: {error}"
    else:
        with workspace.db.write() as session:
            note_sent(session, letter.mail_id, now=clock())
        return True
    _log.warning("not sent", mail=letter.mail_id, error=said[:200], again=str(again))
    with workspace.db.write() as session:
        note_failed(session, letter.mail_id, said, again_at=again, now=clock())
    return False


def compose(workspace: Workspace, letter: Letter, *, now: datetime) -> EmailMessage:
    """The mail: plain and HTML, in the recipient's language, with one link and nothing to load."""
    web = workspace.settings.web
    base = web.public_url.rstrip("/") or f"http://{web.host}:{web.port}"
    link = f"{base}/welcome/{letter.token}"
    wording = Wording("ar" if letter.language == "ar" else "en")
    hours = round(workspace.settings.access.link_hours)
    subject, before, after = wording.letter(letter.purpose, base=base, hours=hours)
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = _sender(workspace.settings.mail)
    message["To"] = Address(addr_spec=letter.email)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=parseaddr(message["From"])[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join([*before, link, *after]) + "\n")
    paragraphs = [
        *(f"<p>{html.escape(text)}</p>" for text in before),
        f'<p dir="ltr"><a href="{html.escape(link)}">{html.escape(link)}</a></p>',
        *(f"<p>{html.escape(text)}</p>" for text in after),
    ]
    message.add_alternative(
        f'<!doctype html>\n<html lang="{wording.language}" dir="{wording.direction}">'
        f'<head><meta charset="utf-8"><title>{html.escape(subject)}</title></head>\n'
        f'<body dir="{wording.direction}">\n{chr(10).join(paragraphs)}\n</body></html>\n',
        subtype="html",
    )
    message["Content-Language"] = wording.language  # setting the content drops such headers
    return message


def deliver(message: EmailMessage, settings: MailSettings, password: str) -> None:
    """Hand a mail to the server; raises what may pass as it is, and ``Permanent``."""
    context = ssl.create_default_context(cafile=settings.ca_file or None)
    seconds = settings.timeout_seconds
    if settings.security == "ssl":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=seconds, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=seconds)
    with server:
        if settings.security == "starttls":
            server.starttls(context=context)  # a server that cannot is an error, never plain text
        try:
            if settings.username:
                server.login(settings.username, password)
            server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            if code >= 500:
                raise Permanent(f"{code} {said.decode(errors='replace')}") from error
            raise


def _sender(settings: MailSettings) -> str:
    if "@" not in parseaddr(settings.sender)[1]:
        raise Refused("mail.sender is no address.", "Set it, such as warmlist@example.org.")
    return settings.sender


def _password(workspace: Workspace) -> str:
    secret = workspace.settings.secrets.get("mail", {}).get("password")
    return secret.get_secret_value() if secret is not None else ""
