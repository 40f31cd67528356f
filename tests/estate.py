"""Small estates for tests: blocks of YAML as files, completed by tests/prelude.yaml."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

import yaml

from compiler.model import KINDS, MANIFESTS
from compiler.pipeline import Compilation, compile
from compiler.source import Source
from tests.overlay import PRELUDE as PRELUDE
from tests.overlay import expanded, prelude

TODAY = date(2026, 11, 23)
_PATH = re.compile(r"\A# file: (\S+)\n")


def place(text: str, number: int) -> str:
    """The path of a block: from its first line `# file: path`, or by its first kind."""
    if match := _PATH.match(text):
        return match[1]
    kind = re.search(r"^kind: (\w+)", text, re.MULTILINE)
    name = re.search(r"name: ([a-z0-9-]+)", text)
    kinds = {**KINDS, **MANIFESTS}
    folder = kinds[kind[1]].FOLDERS[0] if kind and kind[1] in kinds else "specs"
    return f"{folder.replace('*', name[1] if name else 'x')}/{number}.yaml"


def identities(text: str) -> set[tuple[str, str]]:
    """Kind and name of each resource that a block defines, if it can be read."""
    try:
        documents = [d for d in yaml.safe_load_all(text) if isinstance(d, dict)]
    except (yaml.YAMLError, ValueError):
        return set()
    return {
        (str(d.get("kind")), str(d["metadata"].get("name")))
        for d in documents
        if isinstance(d.get("metadata"), dict)
    }


def sources(blocks: Iterable[str]) -> dict[str, Source]:
    """The blocks as files, and the resources of the prelude that they do not define themselves."""
    files: dict[str, Source] = {}
    defined: set[tuple[str, str]] = set()
    for number, block in enumerate(blocks):
        text = expanded(block)
        path = place(text, number)
        is_yaml = path.endswith(".yaml")
        files[path] = Source(path, text if is_yaml else _PATH.sub("", text))
        defined |= identities(text) if is_yaml else set()
    if any(kind == "Platform" for kind, _ in defined):
        defined.add(("Platform", "platform"))
    for (kind, name), text in prelude().items():
        if (kind, name) not in defined:
            folder = KINDS[kind].FOLDERS[0].replace("*", name)
            path = f"{folder}/prelude-{kind.lower()}-{name}.yaml"
            files[path] = Source(path, text)
    prompt = "specs/prompts/prompt.md"
    files.setdefault(prompt, Source(prompt, "You are careful.\n"))
    return files


def compiled(*blocks: str, today: date = TODAY) -> Compilation:
    """The blocks, with the prelude, compiled."""
    return compile(sources(blocks).values(), today=today)
