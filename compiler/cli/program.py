"""The compiler's own files, their digest as provenance has it, and the version."""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from compiler.cli.failure import fail

_PACKAGE = Path(__file__).parents[1]


def files() -> dict[str, bytes]:
    """The code and the templates of the compiler, by path (`compiler/write.py`), in order."""
    paths = (path for suffix in ("py", "j2") for path in _PACKAGE.rglob(f"*.{suffix}"))
    names = sorted(path.relative_to(_PACKAGE.parent).as_posix() for path in paths)
    return {name: (_PACKAGE.parent / name).read_bytes() for name in names}


def digest() -> str:
    """The sha256 of the list that `sha256sum` prints of the compiler's files."""
    lines = (f"{sha256(data).hexdigest()}  {name}\n" for name, data in files().items())
    return sha256("".join(lines).encode()).hexdigest()


def number() -> str:
    """The version of the installed compiler."""
    try:
        return version("roster")
    except PackageNotFoundError:
        fail("roster is not installed, so its version is unknown: run `make .venv/.ready`")
