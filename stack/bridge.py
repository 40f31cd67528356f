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
from stack.services.bridge.config import Config, blotter, environment, load, personal
from stack.web.server import env, give_up, serve
from stack.web.tokens import Tokens


class _Line(logging.Formatter):
    """One line for each event of a library: tracebacks may repeat what the server sent."""

    def format(self, record: logging.LogRecord) -> str:
        return f"bridge: {record.name}: {record.getMessage().splitlines()[0]}"


def _prepare(path: Path) -> tuple[Config, Callable[[str], Child]]:
    """The configuration, and how to make a child; ends the program if either cannot be."""
    try:
        config = load(path)
        variables, blot = environment(config, os.environ), blotter(config, os.environ)
    except (OSError, ValueError) as error:
        give_up(f"{path}: {error}")
    return config, lambda identity: Child(
        config, personal(config, variables, identity or config.project), blot
    )


def main() -> None:
    """Serve until a signal."""
    if len(sys.argv) != 2:
        give_up("usage: bridge.py generated/pm2/<project>/servers/<server>.json")
    handler = logging.StreamHandler()
    handler.setFormatter(_Line())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    config, make = _prepare(Path(sys.argv[1]))
    serve(app(config, make, Tokens(env("ROSTER_TOKENS"))), config.port)


if __name__ == "__main__":
    main()
