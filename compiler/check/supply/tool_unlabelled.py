"""A tool without labels and trusted hints is assumed to write, to destroy and to handle untrusted
text. 731 of 755 tools in docker/mcp-registry (2026-07-08) have no hints.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer, Tool
from compiler.model.mcp_server import Annotations, Labels

RULE = Rule("tool-unlabelled", Severity.WARNING, "it is unknown what a tool can do")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server with such tools: the first of them, and how many more there are."""
    for server in fleet.graph.all(MCPServer):
        trusted = server.spec.trust == "trusted"
        blank = [i for i, t in enumerate(server.spec.tools) if _blank(t, trusted=trusted)]
        if blank:
            first = server.spec.tools[blank[0]].name
            more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
            label = Label(server.key_at("trust"), "its hints are not trusted")
            hinted = any(server.spec.tools[i].annotations != Annotations() for i in blank)
            yield RULE.at(
                server.at("tools", blank[0], "name"),
                f"it is unknown what `{first}`{more} of server `{server.name}` can do",
                help="set their `labels`; until then the worst is assumed",
                related=[label] if hinted else [],
            )


def _blank(tool: Tool, *, trusted: bool) -> bool:
    hinted = trusted and tool.annotations != Annotations()
    return tool.labels == Labels() and not hinted
