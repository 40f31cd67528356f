"""A registry of images that behaves as badly as a test wants, on a free port of this machine."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = b'{"schemaVersion": 2}'
DIGEST = f"sha256:{sha256(MANIFEST).hexdigest()}"


@dataclass
class Registry:
    """What it answers to a request for a manifest, and what it was asked."""

    host: str = ""
    status: int = 200
    body: bytes = MANIFEST
    headers: dict[str, str] = field(default_factory=dict)
    login: str | None = None  # `user:password`, where it wants a token
    realm: str = ""  # where it sends for one, if not to itself
    token: bytes = b'{"token": "pass"}'
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self, path: str, authorization: str | None) -> tuple[int, dict[str, str], bytes]:
        """The status, headers and body for a path."""
        self.asked.append((path, authorization))
        if path.startswith("/token"):
            wanted = base64.b64encode((self.login or "").encode()).decode()
            right = authorization == f"Basic {wanted}"
            return (200, {}, self.token) if right else (401, {}, b"")
        if self.login and authorization != "Bearer pass":
            realm = self.realm or f"http://{self.host}/token"
            return 401, {"WWW-Authenticate": f'Bearer realm="{realm}",service="here"'}, b""
        return self.status, {"Content-Type": INDEX, **self.headers}, self.body


@contextmanager
def serving(registry: Registry) -> Iterator[Registry]:
    """The registry, as long as it runs; `host` is filled in."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = registry.answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing: a test says what it wants to know."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    registry.host = f"127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
