"""The program of the workflow engine: `python stack/engine.py`, configured by its environment."""

from __future__ import annotations

from pathlib import Path

from stack.services.engine.app import SELF, Engine, Settings, app, load
from stack.services.engine.bus import readers
from stack.web.server import env, fail, serve
from stack.web.tokens import Tokens


def main() -> None:
    """Serve on PORT until a signal."""
    tokens, folder = Tokens(env("ROSTER_TOKENS")), Path(env("WORKFLOWS"))
    try:
        workflows, token = load(folder), tokens.token(SELF)
        event_readers = readers(workflows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        fail(f"{folder}: {type(error).__name__}: {error}")
    redis = env("REDIS_URL") if event_readers else None
    settings = Settings(Path(env("ENGINE_STATE")), Path(env("STACKS")), redis, token)
    serve(app(Engine(workflows, tokens), event_readers, settings), int(env("PORT")))


if __name__ == "__main__":
    main()
