"""Services.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (validateService,
ValidateServiceClusterIPsRelatedFields).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from compiler.admit.semantics.addresses import address, cidr, outside_address
from compiler.admit.semantics.containers import PROTOCOLS
from compiler.admit.semantics.names import dns_label, dns_subdomain, label_key
from compiler.admit.semantics.probes import port as port_or_name
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    needed,
    one_of,
    repeated,
    text,
    texts,
    within,
)
from compiler.admit.semantics.selectors import labels

_TYPES = {"ClusterIP", "NodePort", "LoadBalancer", "ExternalName"}
_OUTSIDE = {"NodePort", "LoadBalancer"}
_FAMILIES = {"IPv4", "IPv6"}
_FAMILY_POLICIES = {"SingleStack", "PreferDualStack", "RequireDualStack"}
_CHOICES = (
    ("type", _TYPES | {""}),
    ("sessionAffinity", {"ClientIP", "None", ""}),
    ("internalTrafficPolicy", {"Cluster", "Local"}),
    ("trafficDistribution", {"PreferClose", "PreferSameZone", "PreferSameNode"}),
    ("ipFamilyPolicy", _FAMILY_POLICIES),
)
_LONGEST_AFFINITY = 86400  # seconds
_LOAD_BALANCER = ("allocateLoadBalancerNodePorts", "loadBalancerClass")


def service(object: Object) -> Refusals:
    """A Service."""
    spec = mapping(object.get("spec"))
    kind, headless = text(spec.get("type")) or "ClusterIP", spec.get("clusterIP") == "None"
    for key, allowed in _CHOICES:
        yield from one_of(allowed, spec.get(key), f"spec.{key}")
    if not spec.get("ports") and not headless and kind != "ExternalName":
        yield Refusal("spec.ports", "is required, unless `clusterIP: None`")
    yield from _ports(spec.get("ports"), kind)
    yield from labels(spec.get("selector"), "spec.selector")
    yield from _affinity(spec)
    yield from _cluster_addresses(spec, kind, headless=headless)
    yield from _external(spec, kind)


def _ports(value: Any, kind: str) -> Refusals:
    ports = list(items(value, "spec.ports"))
    for place, port in ports:
        if len(ports) > 1 or port.get("name"):
            yield from needed(dns_label, port.get("name"), f"{place}.name")
        yield from within(1, 65535, port.get("port", 0), f"{place}.port")
        yield from one_of(PROTOCOLS, port.get("protocol") or None, f"{place}.protocol")
        yield from port_or_name(port.get("targetPort") or None, f"{place}.targetPort")
        yield from faulty(label_key, port.get("appProtocol"), f"{place}.appProtocol")
        if port.get("nodePort") and kind == "ClusterIP":
            yield Refusal(f"{place}.nodePort", "is not for the type `ClusterIP`")
    yield from repeated((f"{place}.name", port.get("name") or None) for place, port in ports)
    yield from repeated(_numbers(ports, "port", ""))
    yield from repeated(_numbers(ports, "nodePort", ".nodePort"))


def _numbers(
    ports: list[tuple[str, Object]], key: str, suffix: str
) -> Iterator[tuple[str, str | None]]:
    for place, port in ports:
        number = port.get(key)
        yield f"{place}{suffix}", f"{number}/{port.get('protocol') or 'TCP'}" if number else None


def _affinity(spec: Object) -> Refusals:
    config, at = spec.get("sessionAffinityConfig"), "spec.sessionAffinityConfig"
    if spec.get("sessionAffinity") != "ClientIP":
        return  # the server drops the configuration
    timeout = mapping(mapping(config).get("clientIP")).get("timeoutSeconds")
    yield from within(1, _LONGEST_AFFINITY, timeout, f"{at}.clientIP.timeoutSeconds")


def _cluster_addresses(spec: Object, kind: str, *, headless: bool) -> Refusals:
    if headless and kind in _OUTSIDE:
        yield Refusal("spec.clusterIPs[0]", f"`None` is not for the type `{kind}`")
    if kind == "ExternalName":
        if spec.get("clusterIP") or spec.get("clusterIPs"):
            yield Refusal("spec.clusterIPs", "is not for the type `ExternalName`")
        for key in ("ipFamilies", "ipFamilyPolicy"):
            if spec.get(key):
                yield Refusal(f"spec.{key}", "is not for the type `ExternalName`")
    else:
        yield from _addresses(spec)
    families = list(texts(spec.get("ipFamilies"), "spec.ipFamilies"))
    for place, family in families:
        yield from one_of(_FAMILIES, family, place)
    yield from repeated(iter(families))


def _addresses(spec: Object) -> Refusals:
    """Addresses in the cluster: `clusterIP` is the first of `clusterIPs`."""
    first, at = spec.get("clusterIP"), "spec.clusterIPs"
    addresses = [ip for _, ip in texts(spec.get("clusterIPs"), at)] or ([first] if first else [])
    if addresses and not first:
        yield Refusal(at, "needs `clusterIP` beside it")
    elif addresses and addresses[0] != first:
        yield Refusal(at, "the first must be `clusterIP`")
    if "None" in addresses and len(addresses) > 1:
        yield Refusal(at, "`None` must be the only one")
    elif len({":" in text(ip) for ip in addresses}) < len(addresses):
        yield Refusal(at, "there can be one of each family")
    for index, ip in enumerate(addresses):
        if ip != "None":
            yield from faulty(address, ip, f"{at}[{index}]")


def _external(spec: Object, kind: str) -> Refusals:
    """What concerns traffic from outside of the cluster."""
    if kind == "ExternalName":
        name = text(spec.get("externalName")).removesuffix(".")
        yield from needed(dns_subdomain, name, "spec.externalName")
    for place, ip in texts(spec.get("externalIPs"), "spec.externalIPs"):
        yield from faulty(outside_address, ip, place)
    ranges = spec.get("loadBalancerSourceRanges")
    if ranges and kind != "LoadBalancer":
        yield Refusal("spec.LoadBalancerSourceRanges", "is for the type `LoadBalancer`")
    for place, source in texts(ranges, "spec.LoadBalancerSourceRanges"):
        yield from faulty(cidr, source.strip(), place)
    for key in _LOAD_BALANCER:
        if spec.get(key) is not None and kind != "LoadBalancer":
            yield Refusal(f"spec.{key}", "is for the type `LoadBalancer`")
    yield from faulty(label_key, spec.get("loadBalancerClass"), "spec.loadBalancerClass")
    policy, at = spec.get("externalTrafficPolicy"), "spec.externalTrafficPolicy"
    if policy and kind not in _OUTSIDE and not spec.get("externalIPs"):
        yield Refusal(at, "is for services that are reached from outside")
    else:
        yield from one_of({"Cluster", "Local"}, policy or None, at)
