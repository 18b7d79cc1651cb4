"""A mail server on 127.0.0.1: plain, STARTTLS or TLS from the start, and faults on request."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def make_certificate(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)  # noqa: TID251 - the library under test looks at the real clock
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@dataclass
class SmtpServer:
    """``security``: none, starttls, ssl. ``refuse``: replies to RCPT, used one by one, then 250.

    ``login``: the name and password it wants. ``silent``: takes the connection and says nothing.
    """

    security: str = "none"
    certificate: Path | None = None
    login: tuple[str, str] | None = None
    refuse: list[str] = field(default_factory=list)
    silent: bool = False
    mails: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    in_plain: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                talk = None
                try:
                    talk = _Talk(outer, self.request)
                    talk.run()
                except OSError:
                    """A client may hang up, or not trust us."""
                finally:
                    if talk is not None:
                        talk.close()

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self._server = Server(("127.0.0.1", 0), Handler)
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def wrap(self, connection: Any) -> Any:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.certificate is not None
        context.load_cert_chain(self.certificate)
        return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)


class _Talk:
    """One connection."""

    def __init__(self, server: SmtpServer, connection: Any) -> None:
        self._server = server
        self._secure = server.security == "ssl"
        self._connection = server.wrap(connection) if self._secure else connection
        self._file = self._connection.makefile("rb")
        self._to: list[str] = []

    def close(self) -> None:
        self._file.close()
        self._connection.close()

    def run(self) -> None:
        if self._server.silent:
            time.sleep(5)
            return
        self._say("220 mail.example ESMTP")
        while line := self._file.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            if not self._secure:
                self._server.in_plain.append(line)
            if not self._answer(verb.upper(), rest):
                return

    def _answer(self, verb: str, rest: str) -> bool:
        server = self._server
        if verb in {"EHLO", "HELO"}:
            offers = ["mail.example", "SMTPUTF8", "8BITMIME"]
            if server.security == "starttls" and not self._secure:
                offers.append("STARTTLS")
            if server.login is not None:
                offers.append("AUTH PLAIN")
            for one in offers[:-1]:
                self._say(f"250-{one}")
            self._say(f"250 {offers[-1]}")
        elif verb == "STARTTLS" and server.security == "starttls":
            self._say("220 go ahead")
            self._connection = server.wrap(self._connection)
            self._file, self._secure = self._connection.makefile("rb"), True
        elif verb == "AUTH":
            _, name, password = base64.b64decode(rest.rsplit(maxsplit=1)[-1]).decode().split("\0")
            self._say("235 fine" if (name, password) == server.login else "535 5.7.8 wrong")
        elif verb == "RCPT":
            reply = server.refuse.pop(0) if server.refuse else "250 ok"
            if reply.startswith("250"):
                self._to.append(rest.partition("<")[2].partition(">")[0])
            self._say(reply)
        elif verb == "DATA":
            self._say("354 go on")
            body = b""
            while (line := self._file.readline()) != b".\r\n":
                body += line.removeprefix(b".") if line.startswith(b"..") else line
            mail = cast("EmailMessage", message_from_bytes(body, policy=policy.default))
            server.mails.append((self._to, mail))
            self._to = []
            self._say("250 taken")
        elif verb == "QUIT":
            self._say("221 bye")
            return False
        elif verb in {"MAIL", "RSET", "NOOP"}:
            self._say("250 ok")
        else:
            self._say("502 not here")
        return True

    def _say(self, line: str) -> None:
        self._connection.sendall(f"{line}\r\n".encode())
