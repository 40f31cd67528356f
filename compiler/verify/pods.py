"""The pods of a cluster: those of workloads, of kagent's agents, and of proxies.

No file holds what controllers create for an Agent of kagent (0.9) or a Gateway of Istio (1.30):
its names, labels and accounts are those that their documentation states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from compiler.verify.artefacts import Artefacts, Object
from compiler.verify.gateway import Pod, of_class, proxy
from compiler.verify.labels import COMPONENT, GATEWAY_NAME, NAME, Labels
from compiler.verify.specs import Estate

HBONE = 15008
"""Where a pod in the ambient mesh takes everything, and its waypoint too."""
A2A = 8080
"""Where an agent listens for other agents."""
WAYPOINT = "waypoint"
MESH_CLASS = "istio-waypoint"
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")


def pods(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Pod]:
    """Every pod that the artefacts of a cluster lead to."""
    for kind in WORKLOADS:
        for workload in artefacts.all(cluster, kind):
            yield _workload(workload)
    for agent in artefacts.all(cluster, "Agent", "kagent.dev"):
        yield _kagent(agent)
    for waypoint in of_class(artefacts, cluster, MESH_CLASS).values():
        yield replace(proxy(waypoint, waypoint.name, {GATEWAY_NAME: waypoint.name}), ports=(HBONE,))
    for gateway in estate.gateways.values():
        yield from gateway.pods(artefacts, cluster)


def _workload(one: Object) -> Pod:
    template = {
        "Pod": one.node,
        "CronJob": one.spec["jobTemplate"]["spec"]["template"],
    }.get(one.kind, one.spec["template"])
    labels, spec = template["metadata"]["labels"].pairs(), template["spec"]
    ports = [port for each in spec["containers"].items() for port in each["ports"].items()]
    return Pod(
        one.namespace,
        labels.get(NAME, one.name),
        labels.get(COMPONENT, ""),
        spec["serviceAccountName"].text("default"),
        labels,
        tuple(sorted({port["containerPort"].number() for port in ports})),
        named={port["name"].text(): port["containerPort"].number() for port in ports},
    )


def _kagent(one: Object) -> Pod:
    """kagent merges the user's labels over its own; its account is the agent's unless named."""
    deployment = one.spec["declarative"]["deployment"]
    labels = {
        "app": "kagent",
        "kagent": one.name,
        "app.kubernetes.io/managed-by": "kagent",
        "app.kubernetes.io/part-of": "kagent",
        NAME: one.name,
        **deployment["labels"].pairs(),
    }
    account = deployment["serviceAccountName"].text(one.name)
    return Pod(one.namespace, one.name, "agent", account, labels, (A2A,))


def namespaces(artefacts: Artefacts, cluster: str) -> Mapping[str, Labels]:
    """The labels of each namespace; its name is one by itself (since Kubernetes 1.22)."""
    return {
        one.name: {**one.labels, "kubernetes.io/metadata.name": one.name}
        for one in artefacts.all(cluster, "Namespace")
    }
