"""A server in a client configuration is used even if it was never reviewed. OWASP MCP09 (shadow
MCP servers).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity, did_you_mean, visible
from compiler.graph import Resource
from compiler.model import MCPServer, Project
from compiler.source import Pos, Source, Span, top

RULE = Rule(
    "server-shadow",
    Severity.ERROR,
    "a client configuration has a server that is not in the matrix",
)
_KEYS = ("mcpServers", "servers")  # of Claude and Cursor; of VS Code


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server in a project's `clientConfigs` that it does not list or that differs."""
    for project in fleet.graph.all(Project):
        for index, name in enumerate(project.spec.clientConfigs):
            source = fleet.graph.texts.get(f"projects/{project.name}/{name}")
            if source is not None:
                label = Label(project.at("clientConfigs", index), "named here")
                yield from _file(fleet, project, source, label)


def _file(
    fleet: Fleet, project: Resource[Project], source: Source, label: Label
) -> Iterator[Diagnostic]:
    try:
        content = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        message = f"`{source.path}` is not JSON: {str(error).partition(chr(10))[0]}"
        yield RULE.at(label.span, message, help="correct the file; JSON has no comments")
        return
    listed = [content[key] for key in _KEYS if key in content] if isinstance(content, dict) else []
    if not listed or not all(isinstance(some, dict) for some in listed):
        message = f"`{source.path}` is not a client configuration: it has no `mcpServers`"
        yield RULE.at(label.span, message, help="name a JSON file with `mcpServers` or `servers`")
        return
    for name, entry in (pair for some in listed for pair in some.items()):
        where, shown = _key(source, name), visible(name)
        if name not in project.spec.servers:
            near = did_you_mean(name, map(str, project.spec.servers))
            message = f"server `{shown}` is not in project `{project.name}`"
            help = near or "remove it, or add a reviewed server to the project"
            related = [Label(project.key_at("servers"), "the project's servers"), label]
            yield RULE.at(where, message, help=help, related=related)
        elif _another(fleet, fleet.graph.get(MCPServer, name).spec, entry):
            message = f"`{shown}` in this file is not the server of that name"
            help = "start its package, or connect to a host of the organisation"
            yield RULE.at(where, message, help=help, related=[label])


def _another(fleet: Fleet, server: MCPServer, entry: Any) -> bool:
    """Whether an entry starts another program, or connects outside the organisation."""
    fields = entry if isinstance(entry, dict) else {}
    if isinstance(fields.get("url"), str):
        host = urlsplit(fields["url"]).hostname or ""
        domain = fleet.platform.domain
        return host != domain and not host.endswith((f".{domain}", "localhost", "127.0.0.1"))
    arguments = fields.get("args")
    words = [fields.get("command"), *(arguments if isinstance(arguments, list) else [])]
    name = server.package.name if server.package else None
    return name is not None and not any(name in str(word) for word in words)


def _key(source: Source, name: str) -> Span:
    """Where a JSON text has a key, the outermost of that name; else its start."""
    quoted = json.dumps(name, ensure_ascii=False)
    best: tuple[int, Span] | None = None
    for number, line in enumerate(source.text.split("\n"), start=1):
        column = line.find(quoted)
        if column >= 0 and line[column + len(quoted) :].lstrip().startswith(":"):
            end = Pos(number, column + 1 + len(quoted))
            if best is None or column < best[0]:
                best = column, Span(source.path, Pos(number, column + 1), end)
    return best[1] if best else top(source.path)
