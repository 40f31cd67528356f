"""Proxies: the waypoint and the tool gateway that stand before the servers of a namespace.

Controllers make their pods; the facts about those are of Istio 1.30, agentgateway 1.4, ToolHive
0.44, kube-agentic-networking 0.1 and Envoy Gateway 1.8 in its GatewayNamespace mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from compiler.derive.fleet import Fleet, Gate, ServerDeployment
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.objects import custom, file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster, Project

HBONE = 15008
"""The port of the mesh's tunnel: all that NetworkPolicies see of traffic in ambient mode."""


class Kind(NamedTuple):
    """What is known of the pods of one product: `{}` is the name, `{hash}` of kube-agentic's."""

    name: str
    port: int
    account: str
    labels: Mapping[str, str]
    control: tuple[str, Mapping[str, str], int] | None  # namespace, labels and port it must reach


_GATEWAY = "gateway.networking.k8s.io/gateway-name"
_APP = "app.kubernetes.io"
_OWNER = "gateway.envoyproxy.io/owning-gateway"
KINDS: Mapping[Gate, Kind] = {
    "mesh": Kind(
        "waypoint",
        HBONE,
        "{}",
        {_GATEWAY: "{}"},
        ("istio-system", {"app": "istiod"}, 15012),
    ),
    "agentgateway": Kind(
        "tool-gateway",
        8080,
        "{}",
        {f"{_APP}/name": "{}", f"{_APP}/instance": "{}", _GATEWAY: "{}"},
        ("agentgateway-system", {f"{_APP}/name": "agentgateway"}, 9978),
    ),
    "toolhive": Kind(
        "tool-gateway",
        4483,
        "{}-vmcp",
        {f"{_APP}/name": "virtualmcpserver", f"{_APP}/instance": "{}"},
        None,
    ),
    "agentic-networking": Kind(
        "tool-gateway",
        10001,
        "envoy-proxy-{hash}",
        {_GATEWAY: "{}"},
        ("agentic-net-system", {"app": "agentic-net-controller"}, 15001),
    ),
    "envoy-ai-gateway": Kind(
        "tool-gateway",
        8080,
        "{}",
        {f"{_OWNER}-name": "{}", f"{_OWNER}-namespace": "{namespace}"},
        ("envoy-gateway-system", {"control-plane": "envoy-gateway"}, 18000),
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Proxy:
    """A proxy in a namespace, the servers behind it, and the agents with grants on them."""

    cluster: Resource[Cluster]
    project: Resource[Project] | None  # None: before shared servers
    namespace: str
    gate: Gate
    meshed: bool
    servers: tuple[ServerDeployment, ...]
    clients: tuple[tuple[str, str], ...]

    @property
    def kind(self) -> Kind:
        """What is known of its product."""
        return KINDS[self.gate]

    @property
    def name(self) -> str:
        """The name of its Gateway, or what stands for one."""
        return self.kind.name

    @property
    def account(self) -> str:
        """The ServiceAccount of its pods."""
        return self._filled(self.kind.account)

    @property
    def labels(self) -> dict[str, str]:
        """The labels of its pods."""
        return {key: self._filled(value) for key, value in self.kind.labels.items()}

    @property
    def folder(self) -> str:
        """Where its objects lie."""
        root = f"clusters/{self.cluster.name}"
        home = f"projects/{self.project.name}" if self.project else "platform"
        return f"{root}/{home}/{self.name}"

    def _filled(self, text: str) -> str:
        return text.format(
            self.name, hash=envoy(self.namespace, self.name), namespace=self.namespace
        )


def envoy(namespace: str, gateway: str) -> str:
    """What kube-agentic-networking makes of a Gateway to name its proxy."""
    return sha256(f"{namespace}/{gateway}".encode()).hexdigest()[:12]


def proxies(fleet: Fleet) -> tuple[Proxy, ...]:
    """Every proxy that something granted goes through, by cluster, namespace and product."""
    groups: dict[tuple[str, str, Gate], list[ServerDeployment]] = {}
    for server in fleet.servers:
        if server.gate != "direct" and server.clients:
            key = (server.cluster.name, server.namespace, server.gate)
            groups.setdefault(key, []).append(server)
    return tuple(
        Proxy(
            cluster=servers[0].cluster,
            project=servers[0].project,
            namespace=namespace,
            gate=gate,
            meshed=servers[0].meshed,
            servers=tuple(servers),
            clients=tuple(sorted({client for server in servers for client in server.clients})),
        )
        for (_, namespace, gate), servers in sorted(groups.items())
    )


def gateway(
    fleet: Fleet,
    proxy: Proxy,
    kind: str,
    protocol: str,
    infrastructure: Object | None = None,
    **labels: str,
) -> File:
    """The Gateway of a proxy, of a class; only what is in its namespace attaches to it."""
    listener = {
        "name": "mesh" if protocol == "HBONE" else "mcp",
        "port": proxy.kind.port,
        "protocol": protocol,
        "allowedRoutes": {"namespaces": {"from": "Same"}},
    }
    spec: Object = {"gatewayClassName": kind, "listeners": [listener]}
    spec |= {"infrastructure": infrastructure} if infrastructure else {}
    own = meta(fleet, proxy, proxy.name, **labels)
    object = custom("gateway.networking.k8s.io/v1", "Gateway", own, spec)
    return file(proxy.folder, proxy.cluster, object, *origins(fleet, proxy))


def endpoint(server: ServerDeployment) -> tuple[str, str]:
    """Under which name and URL an agent of the cluster reaches a server."""
    space, name = server.namespace, server.name
    if server.gate in ("direct", "mesh"):
        return name, f"http://{name}.{space}.svc:8080{server.server.spec.transport.path}"
    kind = KINDS[server.gate]
    if server.gate == "toolhive":  # one endpoint for all servers of the namespace
        entry = kind.name if server.project else f"{kind.name}-shared"
        return entry, f"http://vmcp-{kind.name}.{space}.svc:{kind.port}/mcp"
    if server.gate == "agentic-networking":
        host = f"envoy-proxy-{envoy(space, kind.name)}"
        return name, f"https://{host}.{space}.svc:{kind.port}/{name}"
    return name, f"http://{kind.name}.{space}.svc:{kind.port}/{name}"


def subject(namespace: str, agent: str) -> str:
    """What stands in a ServiceAccount's token as `sub` (Kubernetes)."""
    return f"system:serviceaccount:{namespace}:{agent}"


def home(fleet: Fleet, project: str) -> str:
    """The namespace of a project's agents."""
    return f"{project}-{fleet.platform.namespaces.agents}"


def meta(fleet: Fleet, proxy: Proxy, name: str, **labels: str) -> Object:
    """Name, namespace and labels of an object that belongs to a proxy."""
    project = proxy.project.name if proxy.project else "platform"
    return {
        "name": name,
        "namespace": proxy.namespace,
        "labels": {
            f"{_APP}/component": proxy.name,
            f"{_APP}/part-of": project,
            f"{_APP}/managed-by": "roster",
            f"{fleet.platform.labelDomain}/project": project,
            **labels,
        },
    }


def origins(fleet: Fleet, proxy: Proxy) -> tuple[Origin, ...]:
    """Where a proxy comes from: the platform's layers, or its mesh."""
    key = "mesh" if proxy.gate == "mesh" else "layers"
    return (Origin("", fleet.platform_resource, (key,)),)


def grant_origins(fleet: Fleet, server: ServerDeployment, field: str) -> list[Origin]:
    """The grants on a running server, as what a field of an object comes from."""
    found: dict[Origin, None] = {}
    for (project, _), grants in fleet.on(server).items():
        for grant in grants:
            found[Origin(field, fleet.graph.get(Project, project), grant.route)] = None
    return list(found)
