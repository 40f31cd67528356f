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

_BYTES = 32
_SCHEME = "bearer "


class Tokens:
    """A file of tokens, read again whenever it changes; where none can be read, nobody is known."""

    def __init__(self, path: Path | str) -> None:
        self._path = Path(path)
        self._seen: tuple[int, int] = (0, 0)
        self._tokens: dict[str, str] = {}

    def identity(self, authorization: str | None) -> str | None:
        """Whose token an Authorization header carries; None: nobody's."""
        header = authorization or ""
        if header[: len(_SCHEME)].lower() != _SCHEME:
            return None
        given, found = header[len(_SCHEME) :].strip().encode(), None
        for identity, token in self._current().items():
            if compare_digest(token.encode(), given):
                found = identity
        return found

    def token(self, identity: str) -> str:
        """The token of an identity. Raises KeyError for one that has none."""
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
        except StackError as why:
            sys.stderr.write(f"{why}\n")
            return {}


def issue(path: Path, identities: Iterable[str]) -> None:
    """Give every identity a token that has none; those that exist stay. The file is its owner's."""
    known = read(path) if path.exists() else {}
    missing = sorted(set(identities) - known.keys())
    if not missing:
        return
    known |= {identity: secrets.token_hex(_BYTES) for identity in missing}
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f"{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(dict(sorted(known.items())), file, indent=2)
    new.replace(path)


def variable(identity: str) -> str:
    """The environment variable under which client configurations look for a token."""
    return "ROSTER_TOKEN_" + identity.upper().replace(".", "_").replace("-", "_")


def read(path: Path) -> dict[str, str]:
    """All tokens of a file, by identity. Raises StackError for a file that holds anything else."""
    try:
        found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        if all(isinstance(token, str) and token for token in found.values()):
            return found
    except (ValueError, AttributeError):
        pass
    raise StackError(f"{path} is broken: remove it, and `make up` gives out new tokens")
