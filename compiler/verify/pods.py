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
"""The port where a pod in the ambient mesh takes all traffic, and its waypoint too."""
A2A = 8080
"""The port where an agent listens for other agents."""
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


def _workload(workload: Object) -> Pod:
    template = {
        "Pod": workload.node,
        "CronJob": workload.spec["jobTemplate"]["spec"]["template"],
    }.get(workload.kind, workload.spec["template"])
    labels, spec = template["metadata"]["labels"].pairs(), template["spec"]
    ports = [port for each in spec["containers"].items() for port in each["ports"].items()]
    return Pod(
        workload.namespace,
        labels.get(NAME, workload.name),
        labels.get(COMPONENT, ""),
        spec["serviceAccountName"].text("default"),
        labels,
        tuple(sorted({port["containerPort"].number() for port in ports})),
        named={port["name"].text(): port["containerPort"].number() for port in ports},
    )


def _kagent(agent: Object) -> Pod:
    """kagent merges the user's labels over its own; its account is the agent's unless named."""
    deployment = agent.spec["declarative"]["deployment"]
    labels = {
        "app": "kagent",
        "kagent": agent.name,
        "app.kubernetes.io/managed-by": "kagent",
        "app.kubernetes.io/part-of": "kagent",
        NAME: agent.name,
        **deployment["labels"].pairs(),
    }
    account = deployment["serviceAccountName"].text(agent.name)
    return Pod(agent.namespace, agent.name, "agent", account, labels, (A2A,))


def namespaces(artefacts: Artefacts, cluster: str) -> Mapping[str, Labels]:
    """The labels of each namespace; its name is one by itself (since Kubernetes 1.22)."""
    return {
        namespace.name: {**namespace.labels, "kubernetes.io/metadata.name": namespace.name}
        for namespace in artefacts.all(cluster, "Namespace")
    }
