"""Of a tool without labels and without hints that we believe, the worst is assumed: it writes,
destroys, and meets strangers. 731 of 755 tools in docker/mcp-registry (2026-07-08) have no hints.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer, Tool
from compiler.model.mcp_server import Annotations, Labels

RULE = Rule("tool-unlabelled", Severity.WARNING, "nothing is known of what a tool can do")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every server with such tools, at the first one, with their number."""
    for server in fleet.graph.all(MCPServer):
        trusted = server.spec.trust == "trusted"
        blank = [i for i, t in enumerate(server.spec.tools) if _blank(t, trusted=trusted)]
        if blank:
            first = server.spec.tools[blank[0]].name
            more = f" and {len(blank) - 1} more" if len(blank) > 1 else ""
            label = Label(server.key_at("trust"), "its hints are not believed")
            hinted = any(server.spec.tools[i].annotations != Annotations() for i in blank)
            yield RULE.at(
                server.at("tools", blank[0], "name"),
                f"nothing is known of `{first}`{more} of server `{server.name}`",
                help="say in `labels` what they can do; until then the worst is assumed",
                related=[label] if hinted else [],
            )


def _blank(tool: Tool, *, trusted: bool) -> bool:
    hinted = trusted and tool.annotations != Annotations()
    return tool.labels == Labels() and not hinted
