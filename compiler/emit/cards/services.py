"""MCP servers and their tools as services of a CycloneDX BOM."""

from __future__ import annotations

from collections.abc import Container

from compiler.derive import Fleet
from compiler.derive.fleet import Traits
from compiler.emit.cards.bom import Part, properties
from compiler.emit.cards.facts import flow, operations
from compiler.graph import Resource
from compiler.model import MCPServer, Tool


def service(fleet: Fleet, server: Resource[MCPServer], tools: Container[str] | None = None) -> Part:
    """A server with some of its tools, or all of them.

    It lies behind a trust boundary where its hints are not believed, or where it calls out.
    """
    spec = server.spec
    shown = [tool for tool in spec.tools if tools is None or tool.name in tools]
    traits = [fleet.traits[server.name, tool.name] for tool in shown]
    pairs: list[tuple[str, object]] = [
        ("owner", server.owner),
        ("trust", spec.trust),
        ("tenancy", spec.tenancy),
        ("transport", spec.transport.type),
        ("protocolVersion", spec.transport.protocolVersion),
        ("authentication", spec.authentication),
        ("audit", spec.audit),
        *(("egress", host) for host in spec.egress),
    ]
    flows = {"flow": flow(traits), "classification": spec.dataClass, "name": "tool calls"}
    return {
        "bom-ref": f"server:{server.name}",
        "name": server.name,
        "version": spec.version,
        "description": spec.description,
        "authenticated": spec.authentication != "none",
        "x-trust-boundary": spec.trust == "untrusted" or bool(spec.egress),
        "data": [flows],
        "services": [_tool(server, tool, trait) for tool, trait in zip(shown, traits, strict=True)],
        "properties": properties(pairs),
    }


def _tool(server: Resource[MCPServer], tool: Tool, traits: Traits) -> Part:
    pairs: list[tuple[str, object]] = [
        *(("operation", operation) for operation in operations(traits)),
        ("untrusted", traits.untrusted),
        ("private", traits.private),
    ]
    return {
        "bom-ref": f"tool:{server.name}/{tool.name}",
        "name": tool.name,
        **({"description": tool.description} if tool.description else {}),
        "properties": properties(pairs),
    }
