"""A Jetstream that replays one file at full speed, in a process of its own.

``python -m app.bench.replay FILE`` prints its port, sends the file's ready-made frames to whoever
connects and stays open. It does no more than WebSocket asks of a server, so that it costs little on
a machine that is being measured. Source: RFC 6455.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import sys
from pathlib import Path
from typing import Final

_MAGIC: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT: Final = 0x81  # a whole message of text
_CHUNK: Final = 262_144


def frame(message: bytes) -> bytes:
    """One message as a server sends it, unmasked."""
    size = len(message)
    if size < 126:
        return bytes((_TEXT, size)) + message
    if size < 65_536:
        return bytes((_TEXT, 126)) + size.to_bytes(2) + message
    return bytes((_TEXT, 127)) + size.to_bytes(8) + message


def accept_of(key: bytes) -> bytes:
    """What the server answers to a client's key."""
    return base64.b64encode(hashlib.sha1(key + _MAGIC, usedforsecurity=False).digest())


def serve(frames: bytes, listener: socket.socket) -> None:
    """Replay to one client and wait until it hangs up."""
    connection, _ = listener.accept()
    with connection:
        request = b""
        while b"\r\n\r\n" not in request:
            request += connection.recv(4_096)
        lines = request.split(b"\r\n")
        key = next(
            line.partition(b":")[2].strip()
            for line in lines
            if line.lower().startswith(b"sec-websocket-key:")
        )
        connection.sendall(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + accept_of(key) + b"\r\n\r\n"
        )
        try:
            for start in range(0, len(frames), _CHUNK):
                connection.sendall(frames[start : start + _CHUNK])
            while connection.recv(4_096):
                pass
        except OSError:  # it hung up: it has what it wanted
            return


def main(path: str) -> None:
    """Serve one client after the other."""
    frames = Path(path).read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        while True:
            serve(frames, listener)


if __name__ == "__main__":
    main(sys.argv[1])
