"""
The program of a bridge, which PM2 starts once for each MCP server.

    python stack/bridge.py generated/pm2/<project>/servers/<server>.json
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path

from stack.services.bridge.app import app
from stack.services.bridge.child import Child
from stack.services.bridge.config import Config, environment, load, personal, redactor
from stack.web.server import env, fail, serve
from stack.web.tokens import Tokens


class _OneLine(logging.Formatter):
    """One line for each event of a library: tracebacks could repeat what the server sent."""

    def format(self, record: logging.LogRecord) -> str:
        return f"bridge: {record.name}: {record.getMessage().splitlines()[0]}"


def _prepare(path: Path) -> tuple[Config, Callable[[str], Child]]:
    """The configuration, and a function that makes children; ends the program if it is invalid."""
    try:
        config = load(path)
        variables, redact = environment(config, os.environ), redactor(config, os.environ)
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")
    return config, lambda identity: Child(
        config, personal(config, variables, identity or config.project), redact
    )


def main() -> None:
    """Serve until a signal."""
    if len(sys.argv) != 2:
        fail("usage: bridge.py generated/pm2/<project>/servers/<server>.json")
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    config, make = _prepare(Path(sys.argv[1]))
    serve(app(config, make, Tokens(env("ROSTER_TOKENS"))), config.port)


if __name__ == "__main__":
    main()
