"""A server in somebody's client configuration that nobody reviewed is used all the same. OWASP
MCP09 (shadow MCP servers).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean
from compiler.graph import Resource
from compiler.model import Project
from compiler.source import Pos, Source, Span, top

RULE = Rule(
    "server-shadow",
    Severity.ERROR,
    "a client configuration holds a server that is not in the matrix",
)
_KEYS = ("mcpServers", "servers")  # of Claude and Cursor; of VS Code


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server in a project's `clientConfigs` that the project does not list."""
    for project in fleet.graph.all(Project):
        for index, name in enumerate(project.spec.clientConfigs):
            source = fleet.graph.texts.get(f"projects/{project.name}/{name}")
            if source is not None:
                label = Label(project.at("clientConfigs", index), "named here")
                yield from _file(project, source, label)


def _file(project: Resource[Project], source: Source, label: Label) -> Iterator[Diagnostic]:
    servers = _servers(source.text)
    if servers is None:
        message = f"`{source.path}` is no client configuration: it has no `mcpServers`"
        yield RULE.at(label.span, message, help="name a JSON file with `mcpServers` or `servers`")
        return
    for name in servers:
        if name not in project.spec.servers:
            near = did_you_mean(name, map(str, project.spec.servers))
            yield RULE.at(
                _key(source, name),
                f"server `{name}` is not one of project `{project.name}`",
                help=near or "take it out, or add a reviewed server to the project",
                related=[Label(project.key_at("servers"), "the project's servers"), label],
            )


def _servers(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    listed = (
        next((found[k] for k in _KEYS if k in found), None) if isinstance(found, dict) else None
    )
    return listed if isinstance(listed, dict) else None


def _key(source: Source, name: str) -> Span:
    """Where a JSON text has a key; its start where the key is written with escapes."""
    quoted = json.dumps(name, ensure_ascii=False)
    for number, line in enumerate(source.text.split("\n"), start=1):
        column = line.find(quoted)
        if column >= 0 and line[column + len(quoted) :].lstrip().startswith(":"):
            end = Pos(number, column + 1 + len(quoted))
            return Span(source.path, Pos(number, column + 1), end)
    return top(source.path)
