"""A spec must list the tools and hints that the server itself lists: hints decide who may call a
tool, and a tool that the spec does not list was never labelled or reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compiler import tool_lock
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.graph import Resource
from compiler.model import MCPServer, Tool
from compiler.model.mcp_server import Annotations
from compiler.tool_lock import Definition, Listed

RULE = Rule("tool-drift", Severity.ERROR, "a spec and a server's own list of tools differ")
_SHOWN = 5


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every tool or hint that only one of them has, if the lock is for the package of the spec."""
    servers = {server.name: server for server in fleet.graph.all(MCPServer)}
    for name, _, listed in tool_lock.locks(fleet.graph):
        server = servers.get(name)
        if server and tool_lock.started(server.spec) == listed.started:
            yield from _unlisted(server, listed)
            yield from _unknown(server, listed)


def _unlisted(server: Resource[MCPServer], listed: Listed) -> Iterator[Diagnostic]:
    for index, tool in enumerate(server.spec.tools):
        if tool.name not in listed.tools:
            yield RULE.at(
                server.at("tools", index, "name"),
                f"`{server.name}` lists no tool `{tool.name}`",
                help=did_you_mean(tool.name, listed.tools) or "remove it",
            )
        elif differ := _hints(tool, listed.tools[tool.name]):
            yield RULE.at(
                server.at("tools", index, "annotations"),
                f"the hints of `{tool.name}` are not those that `{server.name}` lists",
                help=f"it lists {differ}; what you know better belongs in `labels`",
            )


def _hints(tool: Tool, definition: Definition) -> str:
    """The hints that a server lists if the spec has others; otherwise ""."""
    annotations = definition.get("annotations")
    hints = annotations if isinstance(annotations, Mapping) else {}
    listed = {name: hints.get(name) for name in Annotations.model_fields}
    if all(listed[name] is getattr(tool.annotations, name) for name in listed):
        return ""
    words = [f"{name}: {str(value).lower()}" for name, value in listed.items() if value is not None]
    return f"`{{{', '.join(words)}}}`" if words else "none"


def _unknown(server: Resource[MCPServer], listed: Listed) -> Iterator[Diagnostic]:
    more = sorted(listed.tools.keys() - {tool.name for tool in server.spec.tools})
    if more:
        names = ", ".join(f"`{name}`" for name in more[:_SHOWN])
        rest = f" and {len(more) - _SHOWN} more" if len(more) > _SHOWN else ""
        yield RULE.at(
            server.key_at("tools"),
            f"`{server.name}` also lists {names}{rest}",
            help="add them, with their hints and your labels",
        )
