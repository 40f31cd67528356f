"""Pods, and the templates that workloads make them from.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (ValidatePodSpec,
ValidatePodTemplateSpec).
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.addresses import address
from compiler.admit.semantics.containers import PodContext, by_name, containers
from compiler.admit.semantics.metadata import annotated
from compiler.admit.semantics.names import dns_label, dns_search, dns_subdomain, label_key
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
    size,
    text,
    texts,
    whole,
    within,
)
from compiler.admit.semantics.resources import pod_resource, requirements, within_pod
from compiler.admit.semantics.scheduling import scheduling
from compiler.admit.semantics.security import pod_security
from compiler.admit.semantics.volumes import volumes

RESTARTS = frozenset({"Always", "OnFailure", "Never"})
_NAMES = (
    ("serviceAccountName", dns_subdomain),
    ("nodeName", dns_subdomain),
    ("hostname", dns_label),
    ("subdomain", dns_label),
    ("priorityClassName", dns_subdomain),
    ("runtimeClassName", dns_subdomain),
    ("hostnameOverride", dns_subdomain),
)
_CHOICES = (
    ("restartPolicy", {*RESTARTS, ""}),
    ("dnsPolicy", {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None", ""}),
    ("preemptionPolicy", {"PreemptLowerPriority", "Never"}),
)
_GRACE = 30  # seconds: the default of the server


def pod(object: Object) -> Refusals:
    """A pod by itself."""
    spec = mapping(object.get("spec"))
    yield from pod_spec(spec, "spec", frozenset(), alone=True)
    for kind in ("containers", "initContainers"):
        for place, container in items(spec.get(kind), f"spec.{kind}"):
            image = text(container.get("image"))
            if image != image.strip():
                yield Refusal(f"{place}.image", "must not begin or end with blanks")


def template(value: Any, at: str, claimed: frozenset[str]) -> Refusals:
    """A pod template; `claimed` are volumes that the workload itself adds to its pods."""
    pod_template = mapping(value)
    yield from annotated(mapping(pod_template.get("metadata")), at)
    spec = mapping(pod_template.get("spec"))
    yield from pod_spec(spec, f"{at}.spec", claimed)


def pod_spec(spec: Object, at: str, claimed: frozenset[str], *, alone: bool = False) -> Refusals:
    """The specification of a pod."""
    by_volume = by_name(items(spec.get("volumes"), ""))
    by_volume = {**by_volume, **{name: {"persistentVolumeClaim": {}} for name in claimed}}
    if spec.get("ephemeralContainers"):
        yield Refusal(f"{at}.ephemeralContainers", "are added only to pods that exist")
    yield from volumes(spec.get("volumes"), f"{at}.volumes")
    yield from containers(spec, at, _context(spec, by_volume, alone=alone))
    for key, syntax in _NAMES:
        yield from faulty(syntax, spec.get(key) or None, f"{at}.{key}")
    for key, allowed in _CHOICES:
        yield from one_of(allowed, spec.get(key), f"{at}.{key}")
    yield from within(
        1, 2**31 - 1, spec.get("activeDeadlineSeconds"), f"{at}.activeDeadlineSeconds"
    )
    yield from scheduling(spec, at)
    yield from pod_security(spec, at)
    yield from _resolution(spec, at)
    yield from _resources(spec, at)
    yield from _host(spec, at)
    yield from _gates(spec, at)
    secrets = items(spec.get("imagePullSecrets"), f"{at}.imagePullSecrets")
    yield from repeated((f"{place}.name", secret.get("name")) for place, secret in secrets)


def _context(spec: Object, volumes: Object, *, alone: bool) -> PodContext:
    grace = whole(spec.get("terminationGracePeriodSeconds"))
    return PodContext(
        volumes=volumes,
        claims=frozenset(
            text(claim.get("name")) for _, claim in items(spec.get("resourceClaims"), "")
        ),
        grace=_GRACE if grace is None else grace,
        restart=text(spec.get("restartPolicy")) or "Always",
        alone=alone,
        host_users=spec.get("hostUsers") is not False,
    )


def _resolution(spec: Object, at: str) -> Refusals:
    """Names of other hosts: DNS, and aliases."""
    config, place = mapping(spec.get("dnsConfig")), f"{at}.dnsConfig"
    servers, searches = config.get("nameservers"), config.get("searches")
    if spec.get("dnsPolicy") == "None" and not servers:
        where = f"{place}.nameservers" if "dnsConfig" in spec else place
        yield Refusal(where, "is required with `dnsPolicy: None`")
    if size(servers) > 3:
        yield Refusal(f"{place}.nameservers", "there are more than 3")
    for where, server in texts(servers, f"{place}.nameservers"):
        yield from faulty(address, server, where)
    if size(searches) > 32:
        yield Refusal(f"{place}.searches", "there are more than 32")
    for where, search in texts(searches, f"{place}.searches"):
        yield from faulty(dns_search, search, where)
    for where, option in items(config.get("options"), f"{place}.options"):
        if not option.get("name"):
            yield Refusal(where, "needs a name")
    aliases = list(items(spec.get("hostAliases"), f"{at}.hostAliases"))
    yield from repeated((f"{where}.ip", alias.get("ip")) for where, alias in aliases)
    for where, alias in aliases:
        yield from faulty(address, alias.get("ip", ""), f"{where}.ip")
        for at_name, name in texts(alias.get("hostnames"), f"{where}.hostnames"):
            yield from faulty(dns_subdomain, name, at_name)


def _resources(spec: Object, at: str) -> Refusals:
    """Resources of the pod as a whole, and claims of devices."""
    if isinstance(spec.get("resources"), dict):
        yield from requirements(spec["resources"], f"{at}.resources", pod_resource)
        containers = [container for _, container in items(spec.get("containers"), "")]
        yield from within_pod(spec["resources"], containers, f"{at}.resources")
    claims = list(items(spec.get("resourceClaims"), f"{at}.resourceClaims"))
    for place, claim in claims:
        yield from needed(dns_label, claim.get("name"), f"{place}.name")
        kinds = [key for key in ("resourceClaimName", "resourceClaimTemplateName") if key in claim]
        if len(kinds) != 1:
            yield Refusal(place, "needs one of resourceClaimName and resourceClaimTemplateName")
        for key in kinds:
            yield from faulty(dns_subdomain, claim[key], f"{place}.{key}")
    yield from repeated((f"{place}.name", claim.get("name")) for place, claim in claims)


def _host(spec: Object, at: str) -> Refusals:
    """Contradictions between parts of the node that a pod shares, and parts that are its own."""
    if spec.get("hostUsers") is False:
        for key, place in (("hostNetwork",) * 2, ("hostPID", "HostPID"), ("hostIPC", "HostIPC")):
            if spec.get(key) is True:
                yield Refusal(f"{at}.{place}", "cannot stand beside `hostUsers: false`")
    if spec.get("hostnameOverride") is not None:
        for key in ("setHostnameAsFQDN", "hostNetwork"):
            if spec.get(key) is True:
                yield Refusal(f"{at}.hostnameOverride", f"cannot stand beside `{key}`")
    system = mapping(spec.get("os")).get("name")
    yield from one_of({"linux", "windows"}, system, f"{at}.os")


def _gates(spec: Object, at: str) -> Refusals:
    for place, gate in items(spec.get("readinessGates"), f"{at}.readinessGates"):
        yield from faulty(label_key, gate.get("conditionType", ""), f"{place}.conditionType")
    gates = list(items(spec.get("schedulingGates"), f"{at}.schedulingGates"))
    for place, gate in gates:
        yield from faulty(label_key, gate.get("name", ""), place)
    yield from repeated((place, gate.get("name")) for place, gate in gates)
    if gates and spec.get("nodeName"):
        yield Refusal(f"{at}.nodeName", "cannot stand beside `schedulingGates`")
