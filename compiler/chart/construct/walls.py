"""Walls: a NetworkPolicy for each component, with the doors that its facts name."""

from __future__ import annotations

from collections.abc import Iterable

from cdk8s import Chart
from cdk8s_plus_34 import k8s

from compiler.chart.construct.pods import selector
from compiler.chart.construct.workloads import metadata
from compiler.chart.facts import Door, Peer, Workload

HBONE = 15008
"""The port of the mesh's tunnel: all that NetworkPolicies see of traffic in ambient mode."""
PROBES = "169.254.7.127/32"
"""From where kubelet's probes come in ambient mode (Istio, ambient and NetworkPolicy)."""
PRIVATE = ["10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]


def build(chart: Chart, given: Workload) -> None:
    """A NetworkPolicy: the doors that the facts name, and no other."""
    meshed = given["meshed"]
    ingress = [
        k8s.NetworkPolicyIngressRule(from_=_peers(door["peers"]), ports=_ports(door, meshed=meshed))
        for door in given["ingress"]
    ]
    if meshed:
        block = k8s.NetworkPolicyPeer(ip_block=k8s.IpBlock(cidr=PROBES))
        ingress.append(k8s.NetworkPolicyIngressRule(from_=[block]))
    egress = [
        k8s.NetworkPolicyEgressRule(to=_peers(door["peers"]), ports=_ports(door, meshed=meshed))
        for door in given["egress"]
    ]
    if given["internet"]:
        world = k8s.NetworkPolicyPeer(ip_block=k8s.IpBlock(cidr="0.0.0.0/0", except_=PRIVATE))
        egress.append(k8s.NetworkPolicyEgressRule(to=[world], ports=_tcp(given["internet"])))
    k8s.KubeNetworkPolicy(
        chart,
        "walls",
        metadata=metadata(given),
        spec=k8s.NetworkPolicySpec(
            pod_selector=selector(given),
            policy_types=["Ingress", "Egress"],
            ingress=ingress,
            egress=egress,
        ),
    )


def _peers(peers: Iterable[Peer]) -> list[k8s.NetworkPolicyPeer]:
    return [
        k8s.NetworkPolicyPeer(
            namespace_selector=k8s.LabelSelector(
                match_labels={"kubernetes.io/metadata.name": peer["namespace"]}
            ),
            pod_selector=k8s.LabelSelector(match_labels=peer["labels"]),
        )
        for peer in peers
    ]


def _ports(door: Door, *, meshed: bool) -> list[k8s.NetworkPolicyPort]:
    return _tcp([*door["ports"], HBONE] if meshed else door["ports"])


def _tcp(ports: Iterable[int]) -> list[k8s.NetworkPolicyPort]:
    return [
        k8s.NetworkPolicyPort(protocol="TCP", port=k8s.IntOrString.from_number(port))
        for port in ports
    ]
