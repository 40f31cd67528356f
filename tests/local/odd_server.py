"""A server with two pages of tools that misbehave.

`stubborn`: it ends only by SIGKILL, and leaves a process behind. It does not start if the file
exists that BROKEN names.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path
from typing import Any
from urllib.parse import quote

SCHEMA = {"type": "object"}
PAGES = {None: ["show", "die"], "2": ["sleep", "loud", "twisted", "listen"]}


def answer(method: str, params: dict[str, Any]) -> dict[str, Any]:
    """The result of a request."""
    if method == "initialize":
        return {
            "protocolVersion": params["protocolVersion"],
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "odd", "version": "1"},
        }
    if method == "tools/list":
        names = PAGES[params.get("cursor")]
        page = {"tools": [{"name": name, "inputSchema": SCHEMA} for name in names]}
        return page if "cursor" in params else {**page, "nextCursor": "2"}
    return called(params["name"], params)


def called(name: str, params: dict[str, Any]) -> dict[str, Any]:
    """The result of a call."""
    if name == "die":
        print("no more for", os.environ["DSN"], file=sys.stderr)
        sys.exit(3)
    if name == "sleep":
        time.sleep(3)
    if name == "loud":
        secret = os.environ["DSN"]
        header, address = b64encode(f"me:{secret}".encode()).decode(), quote(secret, safe="")
        print("connected to", secret, "with pass word", file=sys.stderr)
        print("header", header, "address", address, file=sys.stderr, flush=True)
    if name == "twisted":
        return {"content": 5}
    content = {
        "environment": dict(os.environ),
        "arguments": params.get("arguments"),
        "pid": os.getpid(),
        "meta": params.get("_meta"),
    }
    text = {"type": "text", "text": json.dumps(content)}
    answer = {"content": [text], "structuredContent": content, "_meta": {"a": 1}}
    return answer | {"isError": name == "loud"}


def handle(line: str) -> None:
    """Answer a request, except calls of `listen`."""
    request = json.loads(line)
    if request["method"] == "notifications/cancelled":
        print("cancelled:", request["params"]["reason"], file=sys.stderr, flush=True)
    if "id" not in request or request.get("params", {}).get("name") == "listen":
        return
    try:
        result = {"result": answer(request["method"], request.get("params") or {})}
    except KeyError as error:
        result = {"error": {"code": -32000, "message": f"no {error}"}}
    print(json.dumps({"jsonrpc": "2.0", "id": request["id"], **result}), flush=True)


def main() -> None:
    """Serve on stdio until it is closed."""
    if Path(os.environ.get("BROKEN", "/nowhere")).exists():
        sys.exit("it is broken")
    stubborn = "stubborn" in sys.argv
    if stubborn:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    for line in sys.stdin:
        handle(line)
    if stubborn:
        time.sleep(600)


if __name__ == "__main__":
    main()
