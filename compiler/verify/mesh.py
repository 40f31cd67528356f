"""The mesh layer: what waypoints and ztunnels let through; only a waypoint decides by tool."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from compiler.verify import ambient, istio
from compiler.verify.ambient import Gate, Mesh
from compiler.verify.artefacts import Artefacts
from compiler.verify.callers import UNDECLARED, UNKNOWN, Caller, candidates, tools
from compiler.verify.gateway import TOOL_GATEWAY, Pod
from compiler.verify.gathering import gather
from compiler.verify.istio import Request
from compiler.verify.pods import HBONE, pods
from compiler.verify.relation import TOOLS, Call, Fault, Finding, Instance, Report, compare
from compiler.verify.specs import Estate, Server

LEGACY = "2025-11-25"
JUDGED = ("AuthorizationPolicy", "PeerAuthentication")
GROUPS = ("security.istio.io", "networking.istio.io", "extensions.istio.io")
"""Groups in which an object of an unknown kind is a fault: it can change what is let through."""


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare what the mesh lets through: calls behind a waypoint, connections elsewhere."""
    findings, judged = gather(estate, artefacts, _cluster)
    wanted = [call for cluster in judged for call in _expected(estate, cluster)]
    blunt = [
        call
        for cluster in judged
        if estate.clusters[cluster].meshed
        for call in estate.calls(cluster)
        if not estate.gate(cluster, call.server)
    ]
    silent = [(TOOLS, pair) for pair in estate.narrowed(blunt)]
    return compare("mesh", findings, wanted, inexpressible=silent)


def _expected(estate: Estate, cluster: str) -> Iterator[Call]:
    if not estate.clusters[cluster].meshed:
        return
    for call in estate.calls(cluster):
        gate = estate.gate(cluster, call.server)
        if gate in ("mesh", ""):
            yield call if gate else call.pair
            continue
        proxy = estate.gateways[gate].account(call.namespace)
        yield call.pair._replace(server=TOOL_GATEWAY)
        yield call.pair._replace(project="", agent=f"{call.namespace}/{proxy}")
    for project in estate.projects.values():
        if cluster in project.clusters:
            home = project.agents_namespace
            for agent, delegates in project.team.items():
                yield Call(cluster, "", "/".join(estate.engine), home, agent, "")
                for other in delegates:
                    yield Call(cluster, project.name, agent, home, other, "")


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    if not estate.clusters[cluster].meshed:
        return
    for object in artefacts.in_cluster(cluster):
        if object.group in GROUPS and object.kind not in JUDGED:
            kind = f"{object.kind} of {object.group}"
            yield Fault(f"{object.node.path}: this reader does not know a {kind}")
    mesh = ambient.mesh(artefacts, cluster)
    yield from _closed(estate, cluster, mesh)
    for pod in pods(estate, artefacts, cluster):
        server = estate.servers.get(pod.name) if pod.role == "mcp-server" else None
        if not (server or pod.role == "agent" or pod.name == TOOL_GATEWAY):
            continue
        yield from _protected(mesh, pod)
        port = server.port if server else (pod.ports or (HBONE,))[0]
        gate = ambient.gate(mesh, pod, port)
        if server and estate.gate(cluster, server.name) == "mesh":
            yield from _calls(estate, cluster, pod, server, gate)
        else:
            yield from _connections(estate, cluster, pod, port, gate)


def _closed(estate: Estate, cluster: str, mesh: Mesh) -> Iterator[Fault]:
    """The default must be to deny: for pods of a namespace, and Services of a waypoint."""
    unknown = Request(Caller(UNKNOWN, UNKNOWN), HBONE)
    homes = {instance.namespace for instance in estate.users(cluster)}
    for project in estate.projects.values():
        homes |= {project.agents_namespace} if cluster in project.clusters else set()
    for home in sorted(homes):
        if ambient.gate(mesh, Pod(home, UNKNOWN, "", "default", {}), HBONE).lets(unknown):
            yield Fault(f"{cluster}: {home} is open by default")
    for waypoint in sorted(mesh.waypoints):
        unnamed = ambient.enforced(mesh, waypoint, waypoint.namespace, UNKNOWN)
        if istio.waypoint(unnamed, unknown):
            place = f"{waypoint.namespace}/{waypoint.account}"
            yield Fault(f"{cluster}: {place} is open by default")


def _protected(mesh: Mesh, pod: Pod) -> Iterator[Fault]:
    """A pod must be in the mesh, and accept no traffic past it."""
    where = f"{mesh.name}: {pod.namespace}/{pod.name}"
    if not ambient.captured(mesh, pod):
        yield Fault(f"{where} is outside of the mesh")
    elif not ambient.strict(mesh, pod):
        yield Fault(f"{where} accepts plaintext: mutual TLS is not STRICT")


def _calls(estate: Estate, cluster: str, pod: Pod, server: Server, gate: Gate) -> Iterator[Finding]:
    """The calls that arrive at a server behind a waypoint, and requests that must not arrive."""
    users = estate.users(cluster).get(Instance(pod.namespace, pod.name), ())
    names = tools(server.tools, gate.named)
    waypoints = {way.waypoint for way in gate.ways}
    for caller in sorted(candidates(estate, users, gate.named) - waypoints):
        may = [tool for tool in names if gate.lets(_request(server, caller, tool))]
        if may and not gate.lets(_listing(server, caller)):
            yield Fault(f"{cluster}: {caller.subject} cannot list the tools of {server.name}")
        for tool in may:
            yield Call(cluster, caller.project, caller.shown, pod.namespace, pod.name, tool)
        for label, request in _odd(server, caller, (may or [UNDECLARED])[0]):
            if gate.lets(request):
                who = caller.subject
                yield Fault(f"{cluster}: {pod.namespace}/{pod.name} accepts {label} from {who}")


def _request(server: Server, caller: Caller, tool: str) -> Request:
    """A call as revision 2026-07-28 of MCP sends it."""
    headers = {"mcp-protocol-version": server.protocol, "mcp-method": "tools/call"}
    return Request(caller, server.port, "POST", server.path, {**headers, "mcp-name": tool})


def _listing(server: Server, caller: Caller) -> Request:
    """A request for the list of tools, which names none."""
    headers = {"mcp-protocol-version": server.protocol, "mcp-method": "tools/list"}
    return Request(caller, server.port, "POST", server.path, headers)


def _odd(server: Server, caller: Caller, tool: str) -> Iterator[tuple[str, Request]]:
    """Requests that are not calls of a tool, or may hide which tool: none must arrive.

    Only in the newest revision does a server compare the headers with the body of a request.
    """
    usual = _request(server, caller, tool)
    headers = dict(usual.headers)
    nameless = {key: value for key, value in headers.items() if key != "mcp-name"}
    yield "a call without mcp-name", replace(usual, headers=nameless)
    yield "a request without headers", replace(usual, headers={})
    old = {**headers, "mcp-protocol-version": LEGACY}
    yield f"revision {LEGACY}", replace(usual, headers=old)
    other = {**headers, "mcp-method": "resources/read"}
    yield "another method of MCP", replace(usual, headers=other)
    yield "another method of HTTP", replace(usual, method="GET")
    yield "another path", replace(usual, path=f"{server.path}/{UNKNOWN}")


def _connections(estate: Estate, cluster: str, pod: Pod, port: int, gate: Gate) -> Iterator[Call]:
    """The callers that may connect to a pod, whatever their requests."""
    for caller in sorted(_near(estate, cluster, pod, gate)):
        if gate.lets(Request(caller, port)):
            yield Call(cluster, caller.project, caller.shown, pod.namespace, pod.name, "")


def _near(estate: Estate, cluster: str, pod: Pod, gate: Gate) -> set[Caller]:
    """The callers to try on a pod: its users, its proxy, and the workflow engine."""
    running, own = estate.users(cluster), Instance(pod.namespace, pod.name)
    namespaces = {project.agents_namespace: name for name, project in estate.projects.items()}
    users = {namespaces[pod.namespace]} if pod.namespace in namespaces else set[str]()
    proxies = set[Caller]()
    if own in running:
        users.update(running[own])
        gateway = estate.gateways.get(estate.gate(cluster, own.server))
        if gateway:
            proxies.add(Caller(pod.namespace, gateway.account(pod.namespace)))
    elif pod.name == TOOL_GATEWAY:
        for instance, projects in running.items():
            if instance.namespace == pod.namespace:
                users.update(projects)
    return {*candidates(estate, users, gate.named), *proxies, Caller(*estate.engine)}
