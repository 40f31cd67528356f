"""The program of the context API: `python stack/context.py`, configured by its environment."""

from __future__ import annotations

from pathlib import Path

from jsonschema.exceptions import SchemaError

from stack.services.context.app import app
from stack.services.context.spaces import Memory, load
from stack.services.context.store import Store
from stack.web.server import env, fail, serve
from stack.web.tokens import Tokens


def main() -> None:
    """Serve on PORT until a signal."""
    path, tokens = Path(env("CONTEXT_SPACES")), Tokens(env("ROSTER_TOKENS"))
    try:
        spaces = load(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, SchemaError) as error:
        fail(f"{path}: {type(error).__name__}: {str(error).splitlines()[0]}")
    store = Store(env("REDIS_URL"))
    serve(app(Memory(spaces, store), store, tokens), int(env("PORT")))


if __name__ == "__main__":
    main()
