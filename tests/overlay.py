"""Resources that are written as their difference from one of tests/prelude.yaml.

A document that begins with `# changes Kind/name` stands for that resource with some fields
changed; one that begins with `# copies Kind/name` is another resource, with a name of its own.
Mappings merge, a list or a scalar replaces, and `null` removes a field:

    # changes MCPServer/stripe
    spec:
      scaling: {maximum: 1}
      secrets: null

Text is merged line by line, so that the comments of a difference stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from textwrap import dedent, indent
from typing import NamedTuple

import yaml

PRELUDE = Path(__file__).parent / "prelude.yaml"
_HEADER = re.compile(r"^# (changes|copies) ([A-Za-z]+)/([a-z0-9-]+)\n", re.MULTILINE)


@cache
def prelude() -> Mapping[tuple[str, str], str]:
    """The text of each resource of the prelude, by kind and name."""
    resources = {}
    for text in PRELUDE.read_text(encoding="utf-8").split("---\n"):
        document = yaml.safe_load(text)
        resources[document["kind"], document["metadata"]["name"]] = text
    return resources


def expanded(block: str) -> str:
    """A block of YAML, with every resource in it written out."""
    if not _HEADER.search(block):
        return block
    return "---\n".join(_expanded(text) for text in block.split("---\n"))


def _expanded(text: str) -> str:
    header = _HEADER.search(text)
    if header is None:
        return text
    verb, kind, name = header.groups()
    whole = merged(prelude()[kind, name], text[header.end() :])
    renamed = yaml.safe_load(whole)["metadata"]["name"] != name
    assert renamed == (verb == "copies"), f"what {header[0].strip()}, has the wrong name"
    return text[: header.start()] + whole


class _Field(NamedTuple):
    """A field of a mapping in block style."""

    lines: list[str]  # the first one has the key
    value: yaml.Node
    text: str  # in which the marks of `value` count

    @property
    def is_mapping(self) -> bool:
        return isinstance(self.value, yaml.MappingNode)

    @property
    def flow(self) -> str:
        """The value on one line."""
        return _flow(self.value, self.text)

    @property
    def block(self) -> str:
        """The fields of a mapping, each on lines of its own."""
        if not self.value.flow_style:
            return dedent("".join(self.lines[1:]))
        items = self.value.value
        return "".join(f"{key.value}: {_flow(item, self.text)}\n" for key, item in items)


def merged(base: str, changes: str) -> str:
    """The lines of a mapping, with some of its fields changed."""
    old, new = _fields(base), _fields(changes)
    lines = []
    for key in [*old, *(key for key in new if key not in old)]:
        if key not in new:
            lines += old[key].lines
        elif new[key].flow == "null":
            assert key in old, f"there is no `{key}` to remove"
        elif key in old and old[key].is_mapping and new[key].is_mapping:
            lines.append(_merged_field(key, old[key], new[key]))
        else:
            lines += new[key].lines
    return "".join(lines)


def _merged_field(key: str, old: _Field, new: _Field) -> str:
    if not new.value.flow_style:
        return new.lines[0] + indent(merged(old.block, new.block), "  ")
    value = _fields(merged(old.block, new.block))
    inside = ", ".join(f"{key}: {field.flow}" for key, field in value.items())
    rest = new.text[new.value.end_mark.index :].split("\n")[0]
    return f"{key}: {{{inside}}}{rest}\n"


def _fields(text: str) -> dict[str, _Field]:
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    if node is None:
        return {}
    lines, pairs = text.splitlines(keepends=True), node.value
    starts = [key.start_mark.line for key, _ in pairs] + [len(lines)]
    assert starts[0] == 0, f"nothing may stand before the first field: {lines[0]}"
    return {
        key.value: _Field(lines[start:end], value, text)
        for (key, value), start, end in zip(pairs, starts, starts[1:], strict=False)
    }


def _flow(node: yaml.Node, text: str) -> str:
    if isinstance(node, yaml.MappingNode):
        items = (f"{key.value}: {_flow(value, text)}" for key, value in node.value)
        return f"{{{', '.join(items)}}}"
    if isinstance(node, yaml.SequenceNode):
        return f"[{', '.join(_flow(value, text) for value in node.value)}]"
    return text[node.start_mark.index : node.end_mark.index]
