"""A stand-in for the Messages API: no model, but as strict about requests, answering by a script.

What the first message asks decides on the tool that is called; after its result comes a sentence.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

SCRIPT: dict[str, tuple[str, dict[str, Any]]] = {
    "add two and three": ("everything__get-sum", {"a": 2, "b": 3}),
    "write the minutes": ("filesystem__write_file", {"path": "minutes.txt", "content": "x"}),
    "move a file": ("filesystem__move_file", {"source": "specs/a", "destination": "specs/b"}),
    "have it added": ("delegate__clerk", {"task": "add two and three"}),
    "have it written": ("delegate__scribe", {"task": "write the minutes"}),
}


SURE = {
    "What if you are unsure?": "",
    "What if you are surer than sure?": "\nconfidence: 1.9",
    "What if you think again?": "\nconfidence: 0.99\nBut I know nothing of it.",
}
"""How answers end that say nothing valid of their confidence."""


class StandIn(ThreadingHTTPServer):
    """Keeps what it was asked: the first text of each conversation, one for each request.

    `reply` is asked before the script, and may take its time; None leaves it to the script.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.reply: Callable[[str], str | None] = lambda _: None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        fault = _fault(self.path, dict(self.headers), request)
        status = 400 if fault else 200
        first = str(request["messages"][0]["content"])
        self.server.asked.append(first)
        told = None if fault or len(request["messages"]) > 1 else self.server.reply(first)
        answer = {"error": {"message": fault}} if fault else _answer(request, told)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _fault(path: str, headers: dict[str, str], request: dict[str, Any]) -> str:
    """What the real API would refuse."""
    given = {name.lower(): value for name, value in headers.items()}
    if path != "/v1/messages" or not given.get("x-api-key"):
        return "no key, or another path"
    if given.get("anthropic-version") != "2023-06-01":
        return "no version"
    roles = [message["role"] for message in request["messages"]]
    if roles != [("user", "assistant")[i % 2] for i in range(len(roles))]:
        return "roles do not alternate"
    pending: set[str] = set()
    for message in request["messages"]:
        parts = message["content"] if isinstance(message["content"], list) else []
        results = {part["tool_use_id"] for part in parts if part["type"] == "tool_result"}
        if pending != results and message["role"] == "user":
            return "results do not match the calls"
        pending = {part["id"] for part in parts if part["type"] == "tool_use"}
    return ""


_WHOLE = {"role": "assistant", "stop_reason": "end_turn"}


def _reason(first: str) -> str:
    return "max_tokens" if "cut off" in first else "tool_use"


def _answer(request: dict[str, Any], told: str | None) -> dict[str, Any]:
    first, last = request["messages"][0]["content"], request["messages"][-1]["content"]
    usage = {"input_tokens": 10, "output_tokens": 5}
    if isinstance(last, list):
        said = "; ".join(str(part["content"]) for part in last)
        content = [{"type": "text", "text": f"The tool said: {said}\nconfidence: 0.9"}]
        return {**_WHOLE, "content": content, "usage": usage}
    for words, (name, arguments) in SCRIPT.items():
        if words in first and told is None:
            use = {"type": "tool_use", "id": "toolu_1", "name": name, "input": arguments}
            return {**_WHOLE, "stop_reason": _reason(first), "content": [use], "usage": usage}
    sure = SURE.get(first, "\nconfidence: 0.9")
    content = [{"type": "text", "text": f"{told or 'Noted.'}{sure}"}]
    return {**_WHOLE, "content": content, "usage": usage}


@contextmanager
def model() -> Iterator[StandIn]:
    """A stand-in that listens, until it is not needed any more."""
    server = StandIn()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
