"""The program of the agent registry: `python stack/registry.py`, configured by its environment."""

from __future__ import annotations

from pathlib import Path

from stack.embeddings.encoder import encode
from stack.services.registry.app import Encode, Registry, app
from stack.services.registry.book import Book
from stack.web.server import env, fail, serve
from stack.web.tokens import Tokens


def encoder() -> Encode | None:
    """The encoder, with its weights read, if its packages are installed."""
    try:
        encode(["agent"])
    except ImportError:
        return None
    return encode


def main() -> None:
    """Serve on PORT until a signal."""
    path, tokens = Path(env("REGISTRY_SEED")), Tokens(env("ROSTER_TOKENS"))
    try:
        book = Book(path)
    except (OSError, ValueError) as error:
        fail(f"{path}: {error}")
    registry = Registry(book, path.parents[1], tokens, encoder())
    serve(app(registry), int(env("PORT")))


if __name__ == "__main__":
    main()
