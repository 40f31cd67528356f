"""The compiler itself, as provenance names it: a digest of its files, and its version."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from compiler.cli.inputs import Inputs
from compiler.cli.session import fail

if TYPE_CHECKING:
    from compiler.emit import File

_PACKAGE = Path(__file__).parents[1]


def digest() -> str:
    """The sha256 of the compiler's files: of the list that `sha256sum` prints of them, sorted by
    path, such as `<64 digits>  compiler/write.py`."""
    home = _PACKAGE.parent
    paths = sorted(path.relative_to(home).as_posix() for path in _PACKAGE.rglob("*.py"))
    lines = (f"{sha256((home / path).read_bytes()).hexdigest()}  {path}\n" for path in paths)
    return sha256("".join(lines).encode()).hexdigest()


def number() -> str:
    """Its version."""
    try:
        return version("roster")
    except PackageNotFoundError:
        fail("roster is not installed, so its version is unknown: run `make .venv/.ready`")


def attested(files: tuple[File, ...], read: Inputs) -> tuple[File, ...]:
    """The files that these inputs compile to, and the statement of their provenance."""
    from compiler.attest import attest

    return attest(files, read.digests, digest(), number()) if files else ()
