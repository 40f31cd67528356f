"""A stand-in for the Messages API: as strict about requests, but with answers from a script.

The first message selects the tool that is called; after its result comes a sentence. A test may
queue faults, one for each request.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
ENDLESS = "for ever"
"""If the first message contains this, the tool is called again after each of its results."""

SURE = {
    "What if you are unsure?": "",
    "What if you are surer than sure?": "\nconfidence: 1.9",
    "What if you think again?": "\nconfidence: 0.99\nBut I know nothing of it.",
}
"""The ends of answers without a valid confidence, by question."""

KINDS = {
    400: "invalid_request_error", 429: "rate_limit_error", 500: "api_error",
    529: "overloaded_error",
}  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """How a request fails: a status, or 200 and an error within the stream, or its early end.

    `after` is its Retry-After header.
    """

    status: int
    after: str | None = None
    event: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """The API's answer."""
        kind = self.event or KINDS[self.status]
        return {"type": "error", "error": {"type": kind, "message": f"ordered: {kind}"}}


BREAK = Fault(200)
"""The stream ends in the middle of an answer."""


class StandIn(ThreadingHTTPServer):
    """Records the first text of each request's conversation in `asked`.

    `reply` is called before the script, and may block; for None the script answers.
    """

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.reply: Callable[[str], str | None] = lambda _: None
        self.streamed: list[bool] = []
        self.faults: deque[Fault] = deque()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        first = str(request["messages"][0]["content"])
        self.server.asked.append(first)
        self.server.streamed.append(bool(request.get("stream")))
        refusal = _refusal(self.path, dict(self.headers), request)
        fault = self.server.faults.popleft() if self.server.faults else None
        reply = None if refusal or len(request["messages"]) > 1 else self.server.reply(first)
        if refusal:
            self._json(400, {"type": "error", "error": {"type": KINDS[400], "message": refusal}})
        elif fault and fault.status != 200:
            self._json(fault.status, fault.body, fault.after)
        elif request.get("stream"):
            self._stream(_answer(request, reply), fault)
        else:
            self._json(200, _answer(request, reply))

    def _json(self, status: int, answer: dict[str, Any], after: str | None = None) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if after is not None:
            self.send_header("Retry-After", after)
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, answer: dict[str, Any], fault: Fault | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.end_headers()
        events = list(_events(answer))
        if fault:
            events = events[: len(events) // 2] + ([fault.body] if fault.event else [])
        for event in events:
            text = f"event: {event['type']}\ndata: {json.dumps(event)}\n\n"
            self.wfile.write(text.encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


def _refusal(path: str, headers: dict[str, str], request: dict[str, Any]) -> str:
    """Why the real API would refuse a request, or an empty text."""
    sent = {name.lower(): value for name, value in headers.items()}
    if path != "/v1/messages" or sent.get("authorization", "Bearer ") == "Bearer ":
        return "no key, or another path"
    if sent.get("anthropic-version") != "2026-10-21":
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
        if extra := {key for part in parts for key in part} - _KEYS:
            return f"extra inputs are not permitted: {extra}"
    return ""


_KEYS = {"type", "text", "id", "name", "input", "tool_use_id", "content", "is_error"}
_WHOLE = {"role": "assistant", "stop_reason": "end_turn"}


def _reason(first: str) -> str:
    return "max_tokens" if "cut off" in first else "tool_use"


def _answer(request: dict[str, Any], reply: str | None) -> dict[str, Any]:
    first, last = request["messages"][0]["content"], request["messages"][-1]["content"]
    usage = {"input_tokens": 10, "output_tokens": 5}
    whole = {
        "id": "msg_1", "type": "message", "model": request["model"], "stop_sequence": None,
        "usage": usage, **_WHOLE,
    }  # fmt: skip
    if isinstance(last, list) and ENDLESS not in first:
        results = "; ".join(str(part["content"]) for part in last)
        content = [{"type": "text", "text": f"The tool said: {results}\nconfidence: 0.9"}]
        return {**whole, "content": content}
    for words, (name, arguments) in SCRIPT.items():
        if words in first and reply is None:
            id = f"toolu_{len(request['messages'])}"
            use = {"type": "tool_use", "id": id, "name": name, "input": arguments}
            return {**whole, "stop_reason": _reason(first), "content": [use]}
    sure = SURE.get(first, "\nconfidence: 0.9")
    return {**whole, "content": [{"type": "text", "text": f"{reply or 'Noted.'}{sure}"}]}


def _events(answer: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events of a streamed answer."""
    end = {key: answer[key] for key in ("stop_reason", "stop_sequence")}
    empty = {**answer, "content": [], "stop_reason": None}
    yield {"type": "message_start", "message": empty}
    yield {"type": "ping"}
    for index, part in enumerate(answer["content"]):
        blank = {**part, "text": ""} if part["type"] == "text" else {**part, "input": {}}
        yield {"type": "content_block_start", "index": index, "content_block": blank}
        for delta in _deltas(part):
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    usage = {"output_tokens": answer["usage"]["output_tokens"]}
    yield {"type": "message_delta", "delta": end, "usage": usage}
    yield {"type": "message_stop"}


def _deltas(part: dict[str, Any]) -> Iterable[dict[str, Any]]:
    """The events of one part of an answer, in two pieces."""
    if part["type"] == "text":
        kind, key, text = "text_delta", "text", part["text"]
    else:
        kind, key, text = "input_json_delta", "partial_json", json.dumps(part["input"])
    half = len(text) // 2
    return [{"type": kind, key: piece} for piece in (text[:half], text[half:])]


@contextmanager
def model() -> Iterator[StandIn]:
    """A running stand-in."""
    server = StandIn()
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
