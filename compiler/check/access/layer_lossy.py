"""A layer that cannot express a grant lets more through: something else has to enforce it.

The limits of each product are in its descriptor, in compiler/gateways.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.fleet import AgentDeployment, Call, ServerDeployment
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.gateways import GATEWAYS, MESH
from compiler.gateways.kagent import ENTRIES, PROVIDERS, RUNTIME, entries
from compiler.gateways.product import Gateway, Runtime, releases
from compiler.model import LanguageModel
from compiler.source import Span

RULE = Rule("layer-lossy", Severity.WARNING, "a layer cannot express what the specs say")
_ASK = "the agent's own runtime must ask, as its access.json says; or drop those tools"


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """What layers in use cannot express: once for each layer and reason; limits are errors."""
    yield from _approvals(fleet)
    yield from _undecided(fleet)
    for server in fleet.servers:
        yield from _rules(fleet, server)
    for agent in fleet.agents:
        if agent.kagent:
            yield from _kagent(fleet, agent)


def layer(fleet: Fleet, name: str) -> Span:
    """Where the platform switches a layer on."""
    platform = fleet.platform_resource
    if name == "mesh":
        return platform.at("mesh")
    layers: list[str] = list(platform.spec.layers)
    return platform.at("layers", layers.index(name)) if name in layers else platform.name_span


def _label(fleet: Fleet, product: Gateway | Runtime) -> Label:
    return Label(layer(fleet, product.name), f"the layer, as of {releases(product)}")


def _approvals(fleet: Fleet) -> Iterator[Diagnostic]:
    """A proxy lets a call through or not; it cannot wait for a human."""
    asked: dict[str, set[Call]] = {}
    for server in fleet.servers:
        if server.gateway and server.callers:
            grants = (grant for some in fleet.on(server).values() for grant in some)
            calls = {grant.call for grant in grants if grant.approval == "human"}
            asked.setdefault(server.gateway.name, set()).update(calls)
    for gateway, calls in sorted(asked.items()):
        name = fleet.platform.mesh if gateway == MESH.name else gateway
        if calls:
            many = f"{len(calls)} calls" if len(calls) > 1 else "a call"
            message = f"`{name}` cannot wait for a human: it lets {many} with approval pass"
            yield RULE.at(layer(fleet, gateway), message, help=_ASK)
        for gap in GATEWAYS[gateway].gaps:
            yield RULE.at(layer(fleet, gateway), f"`{name}` {gap.summary}", help=gap.help)


def _undecided(fleet: Fleet) -> Iterator[Diagnostic]:
    """Where nothing decides about single tools, a caller of a server can call all of them."""
    undecided: dict[str, list[ServerDeployment]] = {}
    for server in fleet.servers:
        tools = {tool.name for tool in server.server.spec.tools}
        if server.gateway is None and any(set(some) != tools for some in server.callers.values()):
            undecided.setdefault(server.cluster.name, []).append(server)
    for cluster, servers in sorted(undecided.items()):
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
    """What the resource of the server's gateway does not hold, or cannot name."""
    if server.gateway is None or server.gateway.limit is None:
        return
    limit, place = server.gateway.limit, server.server.name_span
    on = [_label(fleet, server.gateway)]
    needed = limit.needed(server.callers)
    if needed > limit.rules:
        yield RULE.at(
            place,
            f"server `{server.name}` needs {needed} rules in cluster `{server.cluster.name}`;"
            f" {limit.resource} allows {limit.rules}",
            help="grant it to fewer agents, or give projects instances of their own",
            related=on,
            severity=Severity.ERROR,
        )
    for tool in limit.unsayable(server.callers):
        yield RULE.at(
            place,
            f"{limit.resource} cannot name the tool `{tool}` in an expression",
            help="grant it alone, or give the cluster another tool gateway",
            related=on,
            severity=Severity.ERROR,
        )


def _kagent(fleet: Fleet, agent: AgentDeployment) -> Iterator[Diagnostic]:
    place = agent.project.at("agents", agent.entry, "agent")
    on = [_label(fleet, RUNTIME)]
    grants = fleet.grants_by_agent.get((agent.project.name, agent.name), ())
    running = {server.name for server in agent.servers}
    tools: dict[str, int] = {}
    approvals: dict[str, set[str]] = {}
    for grant in grants:
        if grant.call.server in running:
            tools[grant.call.server] = tools.get(grant.call.server, 0) + 1
            approvals.setdefault(grant.call.tool, set()).add(grant.approval)
    needed = entries(tools, len(agent.delegates))
    provider = fleet.graph.get(LanguageModel, agent.agent.spec.model).spec.provider
    both = next((tool for tool, asks in sorted(approvals.items()) if len(asks) > 1), None)
    if needed > ENTRIES:
        message = f"agent `{agent.name}` needs {needed} entries; kagent allows {ENTRIES}"
        help = "grant it fewer servers, or split its work"
        yield RULE.at(place, message, help=help, related=on, severity=Severity.ERROR)
    if both is not None:
        message = f"kagent asks for all tools named `{both}` of agent `{agent.name}`, or for none"
        help = "ask on both servers, or on neither"
        yield RULE.at(place, message, help=help, related=on, severity=Severity.ERROR)
    if provider not in PROVIDERS:
        message = f"kagent needs a host or region for a model of `{provider}`, which no spec gives"
        help = f"use one of {', '.join(PROVIDERS)} in this cluster"
        yield RULE.at(place, message, help=help, related=on, severity=Severity.ERROR)
    if any(server.gateway and server.gateway.proof != "none" for server in agent.servers):
        message = f"kagent cannot send a gateway the token of agent `{agent.name}`"
        help = f"store one in the Secret `{agent.name}-tool-gateway`, under `authorization`"
        yield RULE.at(place, message, help=help, related=on)
