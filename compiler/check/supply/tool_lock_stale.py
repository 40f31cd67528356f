"""Locked tools belong to one version of a package and one command; another may list other tools."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import tool_lock
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer
from compiler.source import top

RULE = Rule("tool-lock-stale", Severity.ERROR, "tools were locked for another version or command")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such lock, and every lock for a server that does not exist."""
    servers = {server.name: server for server in fleet.graph.all(MCPServer)}
    for name, source, listed in tool_lock.locks(fleet.graph):
        now = tool_lock.started(servers[name].spec) if name in servers else None
        if now is None:
            message = f"there is no MCPServer `{name}` with a package"
            yield RULE.at(top(source.path), message, help="remove the file")
            continue
        if now != listed.started:
            other = listed.started["package"] != now["package"]
            how = f"as `{listed.started['package']}`" if other else "with another command"
            yield RULE.at(
                servers[name].key_at("package"),
                f"the tools of `{name}` were locked {how}",
                help=f"run `roster lock {name}`, and review what its tools are now",
            )
