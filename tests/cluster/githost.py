"""A git host on loopback: git's own HTTP backend, called as its manual says that servers do."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.cluster.control_plane import LOOPBACK

_HEADERS = {
    "CONTENT_TYPE": "Content-Type",
    "HTTP_CONTENT_ENCODING": "Content-Encoding",
    "GIT_PROTOCOL": "Git-Protocol",
}


class _Server(ThreadingHTTPServer):
    """All Applications may ask at once, and a request that finds a full queue waits for seconds."""

    request_queue_size = 512


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve the repositories of a folder during the block; gives the URL."""
    server = _Server((LOOPBACK, 0), _handler(folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def _handler(folder: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One CGI program for every request."""

        def do_GET(self) -> None:
            """Refs."""
            self._answer(b"")

        def do_POST(self) -> None:
            """Packs."""
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", "0"))))

        def _answer(self, body: bytes) -> None:
            reply = _backend(folder, self, body)
            head, _, content = reply.partition(b"\r\n\r\n")
            fields = [line.split(": ", 1) for line in head.decode().splitlines()]
            status = next((value for name, value in fields if name == "Status"), "200")
            self.send_response(int(status.split()[0]))
            for name, value in fields:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    return Handler


def _backend(folder: Path, request: BaseHTTPRequestHandler, body: bytes) -> bytes:
    url = urlsplit(request.path)
    asked = {name: request.headers.get(header, "") for name, header in _HEADERS.items()}
    environment = {
        "PATH": os.environ["PATH"],
        "GIT_PROJECT_ROOT": str(folder),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": url.path,
        "QUERY_STRING": url.query,
        "REQUEST_METHOD": request.command,
        **asked,
    }
    done = subprocess.run(
        ["git", "http-backend"], input=body, env=environment, stdout=subprocess.PIPE, check=True
    )
    return done.stdout
