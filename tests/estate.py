"""Small estates for tests: a prelude that has one of everything, and YAML put where it belongs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import yaml

from compiler.model import KINDS, MANIFESTS
from compiler.pipeline import Compilation, compile
from compiler.source import Source

TODAY = date(2026, 11, 23)
PRELUDE = Path(__file__).parent / "prelude.yaml"
_PATH = re.compile(r"\A# file: (\S+)\n")


def place(text: str, number: int) -> str:
    """Where a block of YAML lies: as its first line `# file: path` says, or by its first kind."""
    if match := _PATH.match(text):
        return match[1]
    kind = re.search(r"^kind: (\w+)", text, re.MULTILINE)
    name = re.search(r"name: ([a-z0-9-]+)", text)
    known = {**KINDS, **MANIFESTS}
    folder = known[kind[1]].FOLDERS[0] if kind and kind[1] in known else "specs"
    return f"{folder.replace('*', name[1] if name else 'x')}/{number}.yaml"


def identities(text: str) -> set[tuple[str, str]]:
    """The resources that a block defines, as far as it can be read."""
    try:
        documents = [d for d in yaml.safe_load_all(text) if isinstance(d, dict)]
    except (yaml.YAMLError, ValueError):
        return set()
    return {
        (str(d.get("kind")), str(d["metadata"].get("name")))
        for d in documents
        if isinstance(d.get("metadata"), dict)
    }


def sources(blocks: Iterable[str], *, prelude: bool = True) -> dict[str, Source]:
    """The blocks as files, and the documents of the prelude which they do not define themselves."""
    found: dict[str, Source] = {}
    given: set[tuple[str, str]] = set()
    for number, text in enumerate(blocks):
        path = place(text, number)
        body = text if path.endswith(".yaml") else _PATH.sub("", text)
        found[path] = Source(path, body)
        given |= identities(text) if path.endswith(".yaml") else set()
    if any(kind == "Platform" for kind, _ in given):
        given.add(("Platform", "platform"))
    for text in PRELUDE.read_text(encoding="utf-8").split("---\n") if prelude else ():
        if not identities(text) & given:
            ((kind, name),) = identities(text)
            folder = KINDS[kind].FOLDERS[0].replace("*", name)
            path = f"{folder}/prelude-{kind.lower()}-{name}.yaml"
            found[path] = Source(path, text)
    prompt = "specs/prompts/prompt.md"
    found.setdefault(prompt, Source(prompt, "You are careful.\n"))
    return found


def compiled(*blocks: str, today: date = TODAY) -> Compilation:
    """The blocks, with the prelude, compiled."""
    return compile(sources(blocks).values(), today=today)
