"""The pods of a cluster: those of workloads, of kagent's agents, and the gateways' proxies.

What controllers create for a Gateway, a VirtualMCPServer or a kagent Agent stands in no file, and
follows their documented naming (agentgateway 1.4, Istio 1.30, Envoy Gateway 1.8 in
GatewayNamespace mode, kube-agentic-networking 0.1, ToolHive 0.44, kagent 0.9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from compiler.verify.artefacts import Artefacts, Object
from compiler.verify.labels import COMPONENT, GATEWAY_NAME, NAME, Labels

HBONE = 15008
"""Where a pod in the ambient mesh takes everything, and its waypoint too."""
A2A = 8080
"""Where an agent listens for other agents."""
GATEWAY = "tool-gateway"
WAYPOINT = "waypoint"
MESH_CLASS = "istio-waypoint"
CLASSES = (MESH_CLASS, "agentgateway", "kube-agentic-networking", "envoy-ai-gateway")
"""The classes of Gateways that have pods."""
MCP_PROXY = 9856
"""Where Envoy AI Gateway's sidecar takes what Envoy has authenticated; it checks no signature."""
ENVOY_ADMIN = 15000
"""Where kube-agentic-networking's Envoy takes orders, from anybody."""
WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod")


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod for all replicas: its labels and account, and the ports on which it listens.

    `private` are ports that listen for nobody else, and would let others in without a check.
    """

    namespace: str
    name: str
    role: str
    account: str
    labels: Labels = field(hash=False)
    ports: tuple[int, ...] = ()
    private: tuple[int, ...] = ()
    named: Mapping[str, int] = field(default_factory=dict, hash=False)


def pods(artefacts: Artefacts, cluster: str) -> Iterator[Pod]:
    """Every pod that the artefacts of a cluster lead to."""
    for kind in WORKLOADS:
        for one in artefacts.all(cluster, kind):
            yield _workload(one)
    for one in artefacts.all(cluster, "Agent", "kagent.dev"):
        yield _kagent(one)
    for one in artefacts.all(cluster, "Gateway", "gateway.networking.k8s.io"):
        yield from _proxy(one)
    for one in artefacts.all(cluster, "VirtualMCPServer"):
        yield _vmcp(one)


def account(gate: str, namespace: str) -> str:
    """The service account of a tool gateway's pods."""
    hidden = f"envoy-proxy-{hex12(namespace, GATEWAY)}"
    return {"toolhive": f"{GATEWAY}-vmcp", "agentic-networking": hidden}.get(gate, GATEWAY)


def hex12(namespace: str, gateway: str) -> str:
    """How kube-agentic-networking tells the proxies of gateways apart."""
    return sha256(f"{namespace}/{gateway}".encode()).hexdigest()[:12]


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


def _proxy(one: Object) -> Iterator[Pod]:
    """The proxy of a Gateway; every class names its pods and their account in its own way."""
    ports = tuple(listener["port"].number() for listener in one.spec["listeners"].items())
    label, kind = {GATEWAY_NAME: one.name}, one.spec["gatewayClassName"].text()
    hidden = f"envoy-proxy-{hex12(one.namespace, one.name)}"
    envoy = {
        NAME: "envoy",
        COMPONENT: "proxy",
        "app.kubernetes.io/managed-by": "envoy-gateway",
        "gateway.envoyproxy.io/owning-gateway-name": one.name,
        "gateway.envoyproxy.io/owning-gateway-namespace": one.namespace,
    }
    classes: Mapping[str, tuple[str, Labels, tuple[int, ...]]] = {
        MESH_CLASS: (one.name, label, ()),
        "agentgateway": (one.name, {**label, **_instance(one.name)}, ()),
        "kube-agentic-networking": (hidden, {**label, "app": hidden}, (ENVOY_ADMIN,)),
        "envoy-ai-gateway": (one.name, envoy, (MCP_PROXY,)),
    }
    if kind in classes:
        account, labels, private = classes[kind]
        extra = one.spec["infrastructure"]["labels"].pairs()
        pod = Pod(one.namespace, one.name, kind, account, {**extra, **labels}, ports, private)
        yield replace(pod, ports=(HBONE,)) if kind == MESH_CLASS else pod


def _vmcp(one: Object) -> Pod:
    labels = {
        **_instance("virtualmcpserver", one.name),
        "app": "virtualmcpserver",
        "toolhive": "true",
        "toolhive-name": one.name,
    }
    extra = one.spec["podTemplateSpec"]["metadata"]["labels"].pairs()
    account = one.spec["serviceAccount"].text(f"{one.name}-vmcp")
    return Pod(one.namespace, one.name, "toolhive", account, {**labels, **extra}, (4483,))


def _instance(name: str, instance: str = "") -> Labels:
    return {NAME: name, "app.kubernetes.io/instance": instance or name}


def namespaces(artefacts: Artefacts, cluster: str) -> Mapping[str, Labels]:
    """The labels of each namespace; its name is one by itself (since Kubernetes 1.22)."""
    return {
        one.name: {**one.labels, "kubernetes.io/metadata.name": one.name}
        for one in artefacts.all(cluster, "Namespace")
    }
