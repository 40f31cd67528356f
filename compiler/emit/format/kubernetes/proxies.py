"""What the emitters of gateways share: the objects of a proxy, and names of callers."""

from __future__ import annotations

from compiler.derive import namespaces
from compiler.derive.fleet import Fleet, ServerDeployment
from compiler.derive.proxies import Proxy
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.labels import PLATFORM, of_project
from compiler.emit.format.kubernetes.objects import custom, file
from compiler.file import File, Origin
from compiler.gateways import MESH, gateway_api
from compiler.model import Project


def proxy_file(fleet: Fleet, proxy: Proxy, object: Object, *more: Origin) -> File:
    """An object of a proxy in its folder; it comes from the platform's layers, or its mesh."""
    project = f"projects/{proxy.project.name}" if proxy.project else "platform"
    folder = f"clusters/{proxy.cluster.name}/{project}/{proxy.name}"
    return file(folder, proxy.cluster, object, *origins(fleet, proxy), *more)


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
        "port": proxy.gateway.pods.port,
        "protocol": protocol,
        "allowedRoutes": {"namespaces": {"from": "Same"}},
    }
    spec: Object = {"gatewayClassName": kind, "listeners": [listener]}
    spec |= {"infrastructure": infrastructure} if infrastructure else {}
    own = meta(fleet, proxy, proxy.name, **labels)
    object = custom(gateway_api.VERSION, "Gateway", own, spec)
    return proxy_file(fleet, proxy, object)


def subject(namespace: str, agent: str) -> str:
    """The claim `sub` of a ServiceAccount's token (Kubernetes)."""
    return f"system:serviceaccount:{namespace}:{agent}"


def home(fleet: Fleet, project: str) -> str:
    """The namespace of a project's agents."""
    return namespaces.of_project(fleet.platform, project).agents


def meta(fleet: Fleet, proxy: Proxy, name: str, **labels: str) -> Object:
    """Name, namespace and labels of an object that belongs to a proxy."""
    project = proxy.project.name if proxy.project else PLATFORM
    return {
        "name": name,
        "namespace": proxy.namespace,
        "labels": {
            "app.kubernetes.io/component": proxy.name,
            **of_project(fleet, project),
            **labels,
        },
    }


def origins(fleet: Fleet, proxy: Proxy) -> tuple[Origin, ...]:
    """Where a proxy comes from: the platform's layers, or its mesh."""
    key = "mesh" if proxy.gateway is MESH else "layers"
    return (Origin("", fleet.platform_resource, (key,)),)


def grant_origins(fleet: Fleet, server: ServerDeployment, field: str) -> list[Origin]:
    """The grants on a running server, as what a field of an object comes from."""
    origins: dict[Origin, None] = {}
    for (project, _), grants in fleet.on(server).items():
        for grant in grants:
            origins[Origin(field, fleet.graph.get(Project, project), grant.route)] = None
    return list(origins)
