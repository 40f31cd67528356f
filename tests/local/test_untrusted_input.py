"""Invalid input: what agents answer, and files of stacks and tokens."""

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
    """An agent whose answer the test sets."""

    answer = b""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.answer)

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


def ask(url: str, answer: bytes) -> a2a.Answer:
    Peer.answer = answer
    return asyncio.run(a2a.send(url, "t", "hello", seconds=10))


def test_an_answer(url: str) -> None:
    answer = b'{"result": {"task": {"id": "1", "status": {"state": "TASK_STATE_COMPLETED"}}}}'
    assert ask(url, answer).state == a2a.COMPLETED


@pytest.mark.parametrize(
    "task",
    [
        "[]", "{}", '{"status": {"state": "x"}}',
        '{"id": 1, "status": {"state": "x", "message": 0}}',
        '{"id": 1, "status": {"state": "x"}, "artifacts": null}',
        '{"id": 1, "status": {"state": "x"}, "artifacts": [{"parts": [null]}]}',
    ],
)  # fmt: skip
def test_an_invalid_answer(url: str, task: str) -> None:
    with pytest.raises(a2a.AgentError, match="invalid answer, status 200"):
        ask(url, b'{"result": {"task": %s}}' % task.encode())


def test_an_agent_that_does_not_run(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    for text in ("{", "[]", '{"apps": {}}', '{"apps": {"shop.clerk": null}}'):
        (tmp_path / "shop/stack.json").write_text(text)
        with pytest.raises(a2a.AgentError, match="does not run on this machine"):
            a2a.address(tmp_path, "shop", "clerk")


@pytest.mark.parametrize("text", ["{", "[]", '{"shop.clerk": ""}', '{"shop.clerk": 5}'])
def test_no_token_of_a_broken_file_is_valid(tmp_path: Path, text: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text('{"shop.clerk": "right"}')
    tokens = Tokens(path)
    assert tokens.identity("Bearer right") == "shop.clerk"
    path.with_name("new").write_text(text)
    path.with_name("new").replace(path)
    assert {tokens.identity(header) for header in ("Bearer right", "Bearer ", "Bearer 5")} == {None}


def test_a_number_that_would_be_infinite() -> None:
    assert parse(b"[1e308, -2.5]") == [1e308, -2.5]
    with pytest.raises(ValueError, match="too large"):
        parse(b"[1e999]")
