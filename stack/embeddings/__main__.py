"""
The program behind `make embeddings`: computes missing vectors, and drops those of removed texts.

It reads generated/registry/texts.json (texts by their SHA-256) and writes specs/embeddings.json,
which is committed, so that others do not need the model. Exit codes: 0 done, 2 failed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from stack.embeddings.encoder import MODEL, WEIGHTS, encode

TEXTS, VECTORS = Path("generated/registry/texts.json"), Path("specs/embeddings.json")
_HEAD = {"version": 1, "model": MODEL, "weights": f"sha256:{WEIGHTS}"}
Vectors = Mapping[str, list[float]]


class Change(NamedTuple):
    """The new vectors, and how many were computed, kept, and dropped."""

    vectors: Vectors
    new: int
    kept: int
    dropped: int


def wanted(path: Path) -> Mapping[str, str]:
    """The texts by digest. Raises ValueError for a digest that is not that of its text."""
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    for digest, text in texts.items():
        if sha256(text.encode()).hexdigest() != digest:
            raise ValueError(f"{path}: {digest} is not the sha256 of its text; run roster generate")
    return texts


def computed(path: Path) -> Vectors:
    """The vectors that were computed before with the same model. Raises ValueError."""
    if not path.exists():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        same = {key: content.get(key) for key in _HEAD} == _HEAD
        return dict(content["vectors"]) if same else {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path} is broken ({error}); remove it to compute all vectors again"
        ) from None


def change(texts: Mapping[str, str], old: Vectors) -> Change:
    """Compute the missing vectors."""
    missing = sorted(texts.keys() - old.keys())
    new = dict(zip(missing, encode([texts[digest] for digest in missing]), strict=True))
    kept = {digest: vector for digest, vector in old.items() if digest in texts}
    return Change(new | kept, len(new), len(kept), len(old) - len(kept))


def dump(vectors: Vectors) -> str:
    """The file's text, a line for each vector, so that git can merge two people's additions."""
    head = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in _HEAD.items())
    lines = [
        f"    {json.dumps(digest)}: {json.dumps(vectors[digest])}" for digest in sorted(vectors)
    ]
    return "{\n" + head + '  "vectors": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def write(path: Path, text: str) -> None:
    """Replace a file atomically: readers see the old one or the new one."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def main() -> None:
    """Compute and drop vectors until they match the texts."""
    if not TEXTS.exists():
        _fail(f"there is no {TEXTS}: set `embedding: {MODEL}` in the Platform's `registry`")
    try:
        done = change(wanted(TEXTS), computed(VECTORS))
        write(VECTORS, dump(done.vectors))
    except (OSError, ValueError, ImportError) as error:
        _fail(str(error))
    counts = f"{done.new} computed, {done.kept} kept, {done.dropped} dropped"
    sys.stdout.write(f"{VECTORS}: {counts}\n")


def _fail(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
