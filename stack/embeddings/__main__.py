"""
The program behind `make embeddings`: texts that have no vector yet get one, and others lose theirs.

It reads generated/registry/texts.json (texts by their SHA-256) and writes specs/embeddings.json,
which is committed: so that nobody else needs the model. Exit codes: 0 done, 2 it cannot.
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
    """The vectors there shall be, and how many of them are new, were there, and are gone."""

    vectors: Vectors
    new: int
    kept: int
    dropped: int


def wanted(path: Path) -> Mapping[str, str]:
    """The texts by digest. Raises ValueError where a digest is not its text's."""
    texts: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    for digest, text in texts.items():
        if sha256(text.encode()).hexdigest() != digest:
            raise ValueError(f"{path}: {digest} is not the sha256 of its text; run roster generate")
    return texts


def known(path: Path) -> Vectors:
    """The vectors that were computed before; none of another model. Raises ValueError."""
    if not path.exists():
        return {}
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        same = {key: content.get(key) for key in _HEAD} == _HEAD
        return dict(content["vectors"]) if same else {}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is broken ({error}); remove it to have all computed") from None


def change(texts: Mapping[str, str], old: Vectors) -> Change:
    """Compute what is missing."""
    missing = sorted(texts.keys() - old.keys())
    new = dict(zip(missing, encode([texts[digest] for digest in missing]), strict=True))
    kept = {digest: vector for digest, vector in old.items() if digest in texts}
    return Change(new | kept, len(new), len(kept), len(old) - len(kept))


def dump(vectors: Vectors) -> str:
    """The file: a vector is a line, so that git merges what two people added."""
    head = "".join(f"  {json.dumps(key)}: {json.dumps(value)},\n" for key, value in _HEAD.items())
    lines = [f"    {json.dumps(one)}: {json.dumps(vectors[one])}" for one in sorted(vectors)]
    return "{\n" + head + '  "vectors": {\n' + ",\n".join(lines) + "\n  }\n}\n"


def write(path: Path, text: str) -> None:
    """Replace a file at once: whoever reads it sees the old one or the new one."""
    beside = path.with_name(f".{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def main() -> None:
    """Bring the vectors to what the texts are."""
    if not TEXTS.exists():
        _give_up(f"there is no {TEXTS}: say `embedding: {MODEL}` in the Platform's `registry`")
    try:
        done = change(wanted(TEXTS), known(VECTORS))
        write(VECTORS, dump(done.vectors))
    except (OSError, ValueError, ImportError) as error:
        _give_up(str(error))
    said = f"{done.new} computed, {done.kept} kept, {done.dropped} dropped"
    sys.stdout.write(f"{VECTORS}: {said}\n")


def _give_up(message: str) -> NoReturn:
    sys.stderr.write(f"{message}\n")
    sys.exit(2)


if __name__ == "__main__":
    main()
