"""A server with two pages of tools, all of which do what a program behind a bridge should not.

`stubborn`: it ends at no signal but SIGKILL, and leaves a process behind. Where the file exists
that BROKEN names, it does not start.
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
    """What a request gets."""
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
    """What a call gives."""
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
    told = {
        "environment": dict(os.environ),
        "arguments": params.get("arguments"),
        "pid": os.getpid(),
        "meta": params.get("_meta"),
    }
    text = {"type": "text", "text": json.dumps(told)}
    return {
        "content": [text], "isError": name == "loud", "structuredContent": told, "_meta": {"a": 1},
    }  # fmt: skip


def heard(line: str) -> None:
    """Answer a request, but not each."""
    asked = json.loads(line)
    if asked["method"] == "notifications/cancelled":
        print("cancelled:", asked["params"]["reason"], file=sys.stderr, flush=True)
    if "id" not in asked or asked.get("params", {}).get("name") == "listen":
        return
    try:
        said = {"result": answer(asked["method"], asked.get("params") or {})}
    except KeyError as error:
        said = {"error": {"code": -32000, "message": f"no {error}"}}
    print(json.dumps({"jsonrpc": "2.0", "id": asked["id"], **said}), flush=True)


def main() -> None:
    """Serve on stdio until its end."""
    if Path(os.environ.get("BROKEN", "/nowhere")).exists():
        sys.exit("it is broken")
    stubborn = "stubborn" in sys.argv
    if stubborn:
        for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    for line in sys.stdin:
        heard(line)
    if stubborn:
        time.sleep(600)


if __name__ == "__main__":
    main()
