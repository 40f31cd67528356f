"""kagent (0.9): the tools that an Agent is given, and those for which it asks a human.

A server without `toolNames` gives all its tools. `requireApproval` is one set of bare names for
the whole agent, whatever server they come from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from compiler.verify.artefacts import Artefacts, Node, Object
from compiler.verify.callers import tools
from compiler.verify.gathering import gather, unknown
from compiler.verify.places import Addresses, destinations, find_addresses
from compiler.verify.relation import Call, Fault, Finding, Instance, Report, compare
from compiler.verify.specs import Estate

GROUP = "kagent.dev"
JUDGED = ("Agent", "RemoteMCPServer", "ModelConfig")


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the tools that kagent gives its agents; it can ask a human."""
    findings, judged = gather(estate, artefacts, _cluster)
    wanted = [
        call
        for cluster in judged
        if estate.clusters[cluster].kagent
        for call in (*estate.calls(cluster), *_delegations(estate, cluster))
    ]
    return compare("kagent", findings, wanted, approvals=True)


def _delegations(estate: Estate, cluster: str) -> Iterator[Call]:
    for project in estate.projects.values():
        if cluster in project.clusters:
            for agent, delegates in project.team.items():
                for other in delegates:
                    yield Call(cluster, project.name, agent, project.agents_namespace, other, "")


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    yield from unknown(artefacts, cluster, GROUP, JUDGED)
    remote = artefacts.all(cluster, "RemoteMCPServer", GROUP)
    urls = {(server.namespace, server.name): server.spec["url"].text() for server in remote}
    addresses = find_addresses(estate, artefacts, cluster)
    homes = {project.agents_namespace: project.name for project in estate.projects.values()}
    yield from _tokens(cluster, artefacts.all(cluster, "Agent", GROUP))
    for agent in artefacts.all(cluster, "Agent", GROUP):
        asks = {
            name
            for tool in agent.spec["declarative"]["tools"].items()
            for name in tool["mcpServer"]["requireApproval"].texts()
        }
        who = Call(cluster, homes.get(agent.namespace, ""), agent.name, "", "", "")
        for tool in agent.spec["declarative"]["tools"].items():
            yield from _tool(estate, addresses, agent, tool, who, urls, asks)


def _tokens(cluster: str, agents: Iterable[Object]) -> Iterator[Fault]:
    """A token identifies an agent, so each agent needs a Secret of its own."""
    users: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for agent in agents:
        for tool in agent.spec["declarative"]["tools"].items():
            if secret := _token(tool):
                users[agent.namespace, secret].add(agent.name)
    for (home, secret), names in users.items():
        if len(names) > 1:
            yield Fault(f"{cluster}: {', '.join(sorted(names))} share the token {home}/{secret}")


def _token(tool: Node) -> str:
    """The Secret with the token that goes with the calls of a tool; "" if there is none."""
    for header in tool["headersFrom"].items():
        source = header["valueFrom"]
        if (header["name"].text(), source["type"].text()) == ("Authorization", "Secret"):
            return source["name"].text()
    return ""


def _tool(
    estate: Estate,
    addresses: Addresses,
    agent: Object,
    tool: Node,
    who: Call,
    urls: dict[tuple[str, str], str],
    asks: set[str],
) -> Iterator[Finding]:
    """The calls of one entry of an Agent's tools: of another agent, or of tools of servers."""
    if tool["type"].text() not in ("Agent", "McpServer"):
        raise tool["type"].wrong("a type of tool")
    if tool["type"].text() == "Agent":
        other = tool["agent"]
        home = other["namespace"].text(agent.namespace)
        yield who._replace(namespace=home, server=other["name"].text())
        return
    server = tool["mcpServer"]
    ref = server["namespace"].text(agent.namespace), server["name"].text()
    url = urls.get(ref, "") if server["kind"].text() == "RemoteMCPServer" else ""
    reached = destinations(addresses, url)
    if not reached:
        yield Fault(f"{tool.path}: `{tool.route}` leads to no server of the specs: {url or ref[1]}")
    names = server["toolNames"].texts()
    gates = {estate.gate(who.cluster, to.server) for to in reached} & estate.gateways.keys()
    checked = {gate for gate in gates if estate.gateways[gate].token}
    if checked and not _token(tool):
        yield Fault(f"{tool.path}: `{tool.route}` shows no token to {', '.join(sorted(checked))}")
    for to in reached:
        for shown, name in _names(estate, who.cluster, to, names):
            approval = "human" if shown in asks else "none"
            yield who._replace(namespace=to[0], server=to[1], tool=name, approval=approval)


def _names(
    estate: Estate, cluster: str, to: Instance, listed: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """The tools in a list, each as its gateway names it, and as the server does."""
    gateway = estate.gateways.get(estate.gate(cluster, to.server))
    start = gateway.prefix.format(to.server) if gateway else ""
    if listed:
        yield from ((shown, shown[len(start) :]) for shown in listed if shown.startswith(start))
        return
    yield from ((start + name, name) for name in tools(estate.servers[to.server].tools, ()))
