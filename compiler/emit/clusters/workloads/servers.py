"""The objects of an MCP server in a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.derive.fleet import Fleet, ServerDeployment
from compiler.derive.quantity import canonical
from compiler.emit.clusters.workloads import network, pods
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import containers, workloads
from compiler.emit.format.kubernetes.labels import pods_of
from compiler.emit.format.kubernetes.objects import custom, file, folder, metadata
from compiler.emit.format.kubernetes.proxies import grant_origins
from compiler.file import File, Origin
from compiler.gateways import MESH


def emit(fleet: Fleet, server: ServerDeployment) -> Iterator[File]:
    """ServiceAccount, workload, Service, network policy, autoscaler and secrets."""
    where, spec, cluster = folder(server), server.server.spec, server.cluster
    this = Origin("", server.server)
    sizes = Origin("spec", *_sizes(server))

    yield file(where, cluster, pods.service_account(fleet, server), this)
    workload = _stateful(fleet, server) if spec.storage else _stateless(fleet, server)
    yield file(where, cluster, workload, this, sizes, *_pod_origins(server))
    ports = _of(server, "spec.ports", "transport")
    yield file(where, cluster, _service(fleet, server), this, ports)
    if spec.storage:
        yield file(where, cluster, _replicas(fleet, server), this, ports)
    policy, hosts = network.of_server(fleet, server), _of(server, "spec.egress", "egress")
    clients = grant_origins(fleet, server, "spec.ingress")
    yield file(where, cluster, policy, this, hosts, *clients)
    if server.maximum > 1:
        yield file(where, cluster, pods.disruption_budget(fleet, server), this)
    if server.autoscaled:
        yield file(where, cluster, _autoscaler(fleet, server), this, sizes)
    if spec.secrets:
        data = {s.name: (_key(server, s.key), s.property) for s in spec.secrets}
        secret = pods.external_secret(fleet, server, server.name, data)
        yield file(where, cluster, secret, this, _of(server, "spec.data", "secrets"))


def _of(server: ServerDeployment, field: str, *route: str) -> Origin:
    return Origin(field, server.server, route)


def _pod_origins(server: ServerDeployment) -> list[Origin]:
    main = "spec.template.spec.containers.0"
    return [
        _of(server, f"{main}.image", "image"),
        _of(server, f"{main}.env", "env"),
        _of(server, f"{main}.ports", "transport"),
        _of(server, f"{main}.resources", "resources"),
    ]


def _sizes(server: ServerDeployment) -> tuple[Any, tuple[str, ...]]:
    """The resource and field that decide on the number of replicas."""
    if server.server.spec.scaling and server.cluster.spec.sizes.scaling:
        return server.cluster, ("sizes", "scaling")
    return server.server, ("scaling",)


def _key(server: ServerDeployment, key: str) -> str:
    """A project's instance has credentials of its own."""
    return f"{server.project.name}/{key}" if server.project else key


def _pod(fleet: Fleet, server: ServerDeployment) -> Object:
    spec = server.server.spec
    assert spec.image is not None, server.name
    env = [{"name": name, "value": value} for name, value in sorted(spec.env.items())]
    env += pods.secret_env(spec.secrets, server.name)
    mounts, volumes = pods.secret_files(spec.secrets, server.name)
    if spec.storage:
        mounts.append(containers.mount("data", spec.storage.path, writable=True))
    ports = {"http-mcp": spec.transport.port}
    image, each = str(spec.image), server.resources
    main = pods.container(image, ports, env, mounts, each, spec.probe, spec.args)
    token = any(server.rights.values())
    return pods.template(fleet, server, main, volumes, token=token)


def _stateless(fleet: Fleet, server: ServerDeployment) -> Object:
    replicas = None if server.autoscaled else server.minimum
    return pods.deployment(fleet, server, replicas, _pod(fleet, server))


def _stateful(fleet: Fleet, server: ServerDeployment) -> Object:
    storage, replicas = server.server.spec.storage, None if server.autoscaled else server.minimum
    assert storage is not None, server.name
    return workloads.stateful_set(
        metadata(fleet, server),
        pods_of(server),
        _pod(fleet, server),
        replicas,
        service=f"{server.name}-replicas",
        claim=workloads.claim(canonical(storage.size), "ReadWriteOncePod"),
    )


def _service(fleet: Fleet, server: ServerDeployment) -> Object:
    spec = server.server.spec
    ports = [{"name": "http-mcp", "port": 8080, "targetPort": "http-mcp", "appProtocol": "http"}]
    labels = {"istio.io/use-waypoint": "waypoint"} if server.gateway is MESH else {}
    if spec.transport.sessions == "sticky":
        return pods.service(fleet, server, ports, labels, sessionAffinity="ClientIP")
    return pods.service(fleet, server, ports, labels)


def _replicas(fleet: Fleet, server: ServerDeployment) -> Object:
    """The headless Service that names each replica of a StatefulSet; clients have the other."""
    ports = [{"name": "http-mcp", "port": server.server.spec.transport.port, "appProtocol": "http"}]
    meta = {**metadata(fleet, server), "name": f"{server.name}-replicas"}
    return workloads.service(meta, pods_of(server), ports, **workloads.HEADLESS)


def _autoscaler(fleet: Fleet, server: ServerDeployment) -> Object:
    scaling = server.cluster.spec.sizes.scaling or server.server.spec.scaling
    assert scaling is not None, server.name
    kind = "StatefulSet" if server.server.spec.storage else "Deployment"
    target = {"type": "Utilization", "averageUtilization": scaling.targetCPU}
    spec = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": server.name},
        "minReplicas": server.minimum,
        "maxReplicas": server.maximum,
        "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": target}}],
        "behavior": {
            "scaleDown": {
                "stabilizationWindowSeconds": 600,
                "policies": [{"type": "Pods", "value": 1, "periodSeconds": 120}],
            }
        },
    }
    own = metadata(fleet, server)
    return custom("autoscaling/v2", "HorizontalPodAutoscaler", own, spec)
