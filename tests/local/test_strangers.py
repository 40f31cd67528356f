"""What the stack's programs read from files and peers that are not as they should be."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from stack.web import a2a
from stack.web.json_body import parse
from stack.web.tokens import Tokens


class Peer(BaseHTTPRequestHandler):
    """An agent that answers whatever it is told to."""

    said = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Peer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def ask(url: str, said: bytes) -> a2a.Answer:
    Peer.said = said
    return asyncio.run(a2a.send(url, "t", "hello", seconds=10))


def test_an_answer(url: str) -> None:
    said = b'{"result": {"task": {"id": "1", "status": {"state": "TASK_STATE_COMPLETED"}}}}'
    assert ask(url, said).state == a2a.COMPLETED


@pytest.mark.parametrize(
    "task",
    [
        "[]", "{}", '{"status": {"state": "x"}}',
        '{"id": 1, "status": {"state": "x", "message": 0}}',
        '{"id": 1, "status": {"state": "x"}, "artifacts": null}',
        '{"id": 1, "status": {"state": "x"}, "artifacts": [{"parts": [null]}]}',
    ],
)  # fmt: skip
def test_an_answer_that_is_none(url: str, task: str) -> None:
    with pytest.raises(a2a.Unreachable, match="it answered 200"):
        ask(url, b'{"result": {"task": %s}}' % task.encode())


def test_an_agent_that_runs_nowhere(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for text in ("{", "[]", '{"apps": {}}', '{"apps": {"shop.clerk": null}}'):
        (tmp_path / "shop/stack.json").write_text(text)
        with pytest.raises(a2a.Unreachable, match="runs nowhere"):
            a2a.address(tmp_path, "shop", "clerk")


@pytest.mark.parametrize("text", ["{", "[]", '{"shop.clerk": ""}', '{"shop.clerk": 5}'])
def test_nobody_is_known_by_a_broken_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text('{"shop.clerk": "right"}')
    tokens = Tokens(path)
    assert tokens.identity("Bearer right") == "shop.clerk"
    path.with_name("new").write_text(text)
    path.with_name("new").replace(path)
    assert {tokens.identity(one) for one in ("Bearer right", "Bearer ", "Bearer 5")} == {None}


def test_a_number_that_would_be_infinite() -> None:
    assert parse(b"[1e308, -2.5]") == [1e308, -2.5]
    with pytest.raises(ValueError, match="too large"):
        parse(b"[1e999]")
