"""The bearer tokens of a laptop: one for each identity (`<project>.<agent>`), in a private file."""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Iterable
from hmac import compare_digest
from pathlib import Path

from stack.errors import StackError

UNKNOWN = "unknown bearer token"
"""The error of an answer with status 401."""
_BYTES = 32
_SCHEME = "bearer "


class Tokens:
    """A file of tokens, read again whenever it changes; while it is broken, no token is valid."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._seen: tuple[int, int] = (0, 0)
        self._tokens: dict[str, str] = {}

    def identity(self, authorization: str | None) -> str | None:
        """The identity whose token an Authorization header carries; None for an unknown token."""
        header = authorization or ""
        if header[: len(_SCHEME)].lower() != _SCHEME:
            return None
        sent, matching = header[len(_SCHEME) :].strip().encode(), None
        for identity, token in self._current().items():
            if compare_digest(token.encode(), sent):
                matching = identity
        return matching

    def token(self, identity: str) -> str:
        """The token of an identity. Raises KeyError if it has none."""
        return self._current()[identity]

    def _current(self) -> dict[str, str]:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return {}
        seen = status.st_mtime_ns, status.st_ino
        if seen != self._seen:
            self._tokens, self._seen = self._read(), seen
        return self._tokens

    def _read(self) -> dict[str, str]:
        try:
            return read(self._path)
        except StackError as error:
            sys.stderr.write(f"{error}\n")
            return {}


def issue(path: Path, identities: Iterable[str]) -> None:
    """Add a token for every identity that has none, to a file that only its owner can read."""
    tokens = read(path) if path.exists() else {}
    missing = sorted(set(identities) - tokens.keys())
    if not missing:
        return
    tokens |= {identity: secrets.token_hex(_BYTES) for identity in missing}
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(sorted(tokens.items())), file, indent=2)
    new.replace(path)


def variable(identity: str) -> str:
    """The environment variable by which client configurations refer to a token."""
    return "ROSTER_TOKEN_" + identity.upper().replace(".", "_").replace("-", "_")


def read(path: Path) -> dict[str, str]:
    """All tokens of a file, by identity. Raises StackError for a broken file."""
    try:
        tokens: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(token, str) and token for token in tokens.values()):
            return tokens
    except (ValueError, AttributeError):
        pass
    raise StackError(f"{path} is broken: remove it, and `make up` issues new tokens")
