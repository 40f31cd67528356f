"""Tools are those of one version of a package, started in one way; of another nothing is known."""

from __future__ import annotations

from collections.abc import Iterator

from compiler import tool_lock
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer
from compiler.source import top

RULE = Rule("tool-lock-stale", Severity.ERROR, "tools are locked of what is not started any more")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every lock of another version or command, or of a server that is not there."""
    servers = {server.name: server for server in fleet.graph.all(MCPServer)}
    for name, source, listed in tool_lock.locks(fleet.graph):
        now = tool_lock.started(servers[name].spec) if name in servers else None
        if now is None:
            message = f"there is no MCPServer `{name}` with a package"
            yield RULE.at(top(source.path), message, help="remove the file")
            continue
        if now != listed.started:
            other = listed.started["package"] != now["package"]
            how = f"as `{listed.started['package']}`" if other else "when it was started otherwise"
            yield RULE.at(
                servers[name].key_at("package"),
                f"the tools of `{name}` were locked {how}",
                help=f"run `roster lock {name}`, and read what its tools say now",
            )
