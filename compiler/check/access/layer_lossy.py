"""What a layer cannot say must be known: it is let through there, and somebody else has to hold it.

The limits are in compiler/derive/limits.py; what every layer takes an empty list for, and whom it
believes, is in the documentation of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.deployments import Deployments
from compiler.derive.fleet import AgentDeployment, Call, Gate, ServerDeployment
from compiler.derive.limits import (
    ACCESS_RULES,
    KAGENT_PROVIDERS,
    KAGENT_TOOLS,
    ROUTE_RULES,
    access_rules,
    callers,
    inline,
    kagent_entries,
    route_rules,
)
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import LanguageModel
from compiler.source import Span

RULE = Rule("layer-lossy", Severity.WARNING, "a layer cannot say what the specs say")
_VARIABLE = re.compile(r"\brequest\.")
_ASK = "the agent's own runtime must ask, as its access.json tells it; or drop those tools"


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """What layers in use cannot say, once for each layer and reason; an error for each limit."""
    running = Deployments(fleet.agents, fleet.servers)
    yield from _approvals(fleet)
    yield from _undecided(fleet)
    for server in running.servers:
        yield from _rules(fleet, server)
    for agent in running.agents:
        if agent.kagent:
            yield from _kagent(fleet, agent)


def layer(fleet: Fleet, name: str) -> Span:
    """Where the platform switches a layer on."""
    platform = fleet.platform_resource
    if name == "mesh":
        return platform.at("mesh")
    layers: list[str] = list(platform.spec.layers)
    return platform.at("layers", layers.index(name)) if name in layers else platform.name_span


def _approvals(fleet: Fleet) -> Iterator[Diagnostic]:
    """A proxy lets a call through or not; it cannot wait for a human."""
    asked: dict[Gate, set[Call]] = {}
    for server in fleet.servers:
        for grants in fleet.on(server).values():
            calls = {grant.call for grant in grants if grant.approval == "human"}
            asked.setdefault(server.gate, set()).update(calls)
    for gate, calls in sorted(asked.items()):
        if calls and gate != "direct":
            many = f"{len(calls)} calls" if len(calls) > 1 else "a call"
            name = fleet.platform.mesh if gate == "mesh" else gate
            message = f"`{name}` cannot wait for a human: it lets {many} with approval pass"
            yield RULE.at(layer(fleet, gate), message, help=_ASK)
    if "envoy-ai-gateway" in asked:
        message = "`envoy-ai-gateway` decides about tools alone, not about prompts and resources"
        help = "keep servers behind it that offer neither"
        yield RULE.at(layer(fleet, "envoy-ai-gateway"), message, help=help)


def _undecided(fleet: Fleet) -> Iterator[Diagnostic]:
    """Where nothing decides about single tools, who reaches a server can call all of it."""
    found: dict[str, list[ServerDeployment]] = {}
    for server in fleet.servers:
        granted = [{grant.call.tool for grant in some} for some in fleet.on(server).values()]
        tools = {tool.name for tool in server.server.spec.tools}
        if server.gate == "direct" and any(some != tools for some in granted):
            found.setdefault(server.cluster.name, []).append(server)
    for cluster, servers in sorted(found.items()):
        home = servers[0].cluster
        some = f"`{servers[0].name}`" + (f" and {len(servers) - 1} more" if servers[1:] else "")
        help = "install a tool gateway there, and name it in the platform's `layers`"
        if servers[0].meshed:
            help += (
                "; the mesh decides for MCP 2026-07-28 or later, and for servers without a volume"
            )
        yield RULE.at(
            home.key_at("installed"),
            f"nothing in cluster `{cluster}` decides about single tools of {some}",
            help=help,
        )


def _rules(fleet: Fleet, server: ServerDeployment) -> Iterator[Diagnostic]:
    granted = callers(fleet, server)
    counted: dict[Gate, tuple[int, int, str]] = {
        "agentic-networking": (access_rules(granted), ACCESS_RULES, "an XAccessPolicy"),
        "envoy-ai-gateway": (len(route_rules(granted)), ROUTE_RULES, "an MCPRoute"),
    }
    if server.gate == "agentic-networking":
        yield from _unreadable(fleet, server)
    needed, most, kind = counted.get(server.gate, (0, 0, ""))
    if needed > most:
        yield RULE.at(
            server.server.name_span,
            f"server `{server.name}` takes {needed} rules in cluster `{server.cluster.name}`;"
            f" {kind} holds {most}",
            help="grant it to fewer agents, or give projects instances of their own",
            related=[Label(layer(fleet, server.gate), "the layer")],
            severity=Severity.ERROR,
        )


def _unreadable(fleet: Fleet, server: ServerDeployment) -> Iterator[Diagnostic]:
    """The controller takes `request.x` for a variable even in a text, and refuses the policy."""
    for tools in callers(fleet, server).values():
        for tool in tools if not inline(tools) else ():
            if _VARIABLE.search(tool):
                yield RULE.at(
                    server.server.name_span,
                    f"an XAccessPolicy cannot name the tool `{tool}` in an expression",
                    help="grant it alone, or give the cluster another tool gateway",
                    related=[Label(layer(fleet, server.gate), "the layer")],
                    severity=Severity.ERROR,
                )


def _kagent(fleet: Fleet, agent: AgentDeployment) -> Iterator[Diagnostic]:
    place = agent.project.at("agents", agent.entry, "agent")
    on = [Label(layer(fleet, "kagent"), "the layer")]
    grants = fleet.grants_by_agent.get((agent.project.name, agent.name), ())
    here = {server.name for server in agent.servers}
    tools: dict[str, int] = {}
    approvals: dict[str, set[str]] = {}
    for grant in grants:
        if grant.call.server in here:
            tools[grant.call.server] = tools.get(grant.call.server, 0) + 1
            approvals.setdefault(grant.call.tool, set()).add(grant.approval)
    needed = kagent_entries(tools, len(agent.delegates))
    provider = fleet.graph.get(LanguageModel, agent.agent.spec.model).spec.provider
    both = next((tool for tool, asked in sorted(approvals.items()) if len(asked) > 1), None)
    if needed > KAGENT_TOOLS:
        message = f"agent `{agent.name}` takes {needed} entries; kagent holds {KAGENT_TOOLS}"
        help = "grant it fewer servers, or split its work"
        yield RULE.at(place, message, help=help, related=on, severity=Severity.ERROR)
    if both is not None:
        message = f"kagent asks for all tools named `{both}` of agent `{agent.name}`, or for none"
        help = "ask on both servers, or on neither"
        yield RULE.at(place, message, help=help, related=on, severity=Severity.ERROR)
    if provider not in KAGENT_PROVIDERS:
        message = f"kagent needs a host or a region for a model of `{provider}`, which no spec says"
        help = f"use one of {', '.join(KAGENT_PROVIDERS)} in this cluster"
        yield RULE.at(place, message, help=help, related=on, severity=Severity.ERROR)
    if {server.gate for server in agent.servers} - {"direct", "mesh"}:
        message = f"kagent cannot show a gateway the token of agent `{agent.name}`"
        help = f"keep one in the Secret `{agent.name}-tool-gateway`, under `authorization`"
        yield RULE.at(place, message, help=help, related=on)
