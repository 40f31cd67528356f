"""Containers of pods: regular and init ones.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (validateContainers,
validateInitContainers).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from compiler.admit.semantics.environment import file_volumes, sources, variables
from compiler.admit.semantics.names import dns_label, port_name
from compiler.admit.semantics.probes import lifecycle, probes
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
    required,
    size,
    text,
    whole,
    within,
)
from compiler.admit.semantics.resources import resources
from compiler.admit.semantics.security import container_security
from compiler.admit.semantics.volume_sources import PULLS
from compiler.admit.semantics.volumes import devices, mounts

PROTOCOLS = frozenset({"TCP", "UDP", "SCTP"})
_NOT_INITIAL = ("lifecycle", "livenessProbe", "readinessProbe", "startupProbe")


class PodContext(NamedTuple):
    """The parts of a pod that its containers depend on."""

    volumes: Object  # by name
    claims: frozenset[str]
    grace: int  # seconds
    restart: str
    alone: bool  # not a template of pods
    host_users: bool


def containers(spec: Object, at: str, pod: PodContext) -> Refusals:
    """All containers of a pod; ephemeral ones cannot be created with it."""
    if not spec.get("containers"):
        yield Refusal(f"{at}.containers", "a pod needs a container")
    for place, container in items(spec.get("containers"), f"{at}.containers"):
        yield from _container(container, place, pod)
        yield from _running(container, place, pod)
    for place, container in items(spec.get("initContainers"), f"{at}.initContainers"):
        yield from _container(container, place, pod)
        yield from _initial(container, place, pod)
    yield from repeated((f"{place}.name", name) for place, name in _names(spec, at))
    yield from _host_ports(spec, at, alone=pod.alone)


def _names(spec: Object, at: str) -> Iterator[tuple[str, Any]]:
    for kind in ("containers", "initContainers"):
        for place, container in items(spec.get(kind), f"{at}.{kind}"):
            yield place, container.get("name")


def _container(container: Object, at: str, pod: PodContext) -> Refusals:
    """What holds for containers of every kind."""
    yield from needed(dns_label, container.get("name"), f"{at}.name")
    yield from required(container, "image", at)
    policies = {"File", "FallbackToLogsOnError"}
    policy = container.get("terminationMessagePolicy")
    yield from one_of(policies, policy or None, f"{at}.terminationMessagePolicy")
    yield from one_of(PULLS, container.get("imagePullPolicy") or None, f"{at}.imagePullPolicy")
    yield from _ports(container.get("ports"), f"{at}.ports")
    yield from variables(container.get("env"), f"{at}.env")
    yield from file_volumes(container.get("env"), pod.volumes, f"{at}.env")
    yield from sources(container.get("envFrom"), f"{at}.envFrom")
    yield from mounts(container, pod.volumes, at)
    yield from devices(container, pod.volumes, at)
    yield from resources(container.get("resources"), f"{at}.resources", claims=pod.claims)
    yield from _resizing(container.get("resizePolicy"), f"{at}.resizePolicy", pod.restart)
    yield from container_security(container, at, host_users=pod.host_users)


def _running(container: Object, at: str, pod: PodContext) -> Refusals:
    yield from lifecycle(container.get("lifecycle"), pod.grace, f"{at}.lifecycle")
    yield from probes(container, at)
    yield from _restarting(container, at)


def _initial(container: Object, at: str, pod: PodContext) -> Refusals:
    """A container that runs before the others, or beside them if it always restarts."""
    yield from _restarting(container, at)
    if container.get("restartPolicy") == "Always":
        yield from lifecycle(container.get("lifecycle"), pod.grace, f"{at}.lifecycle")
        yield from probes(container, at)
        return
    for place, policy in items(container.get("resizePolicy"), f"{at}.resizePolicy"):
        if policy.get("restartPolicy") == "RestartContainer":
            message = "`RestartContainer` is not for init containers that end"
            yield Refusal(f"{place}.restartPolicy", message)
    for key in _NOT_INITIAL:
        if isinstance(container.get(key), dict):
            yield Refusal(f"{at}.{key}", "is not for init containers that end")


def _ports(value: Any, at: str) -> Refusals:
    for place, port in items(value, at):
        yield from faulty(port_name, port.get("name") or None, f"{place}.name")
        if not port.get("containerPort"):
            yield Refusal(f"{place}.containerPort", "is required")
        else:
            yield from within(1, 65535, port["containerPort"], f"{place}.containerPort")
        yield from within(0, 65535, port.get("hostPort"), f"{place}.hostPort")
        yield from one_of(PROTOCOLS, port.get("protocol") or None, f"{place}.protocol")
    ports = list(items(value, at))
    yield from repeated((f"{place}.name", port.get("name") or None) for place, port in ports)
    yield from repeated((place, _number(port)) for place, port in ports)


def _host_ports(spec: Object, at: str, *, alone: bool) -> Refusals:
    """Ports of the node: each once, and with the node's network the same as the container's."""
    all: list[tuple[str, Object]] = []
    for place, container in items(spec.get("containers"), f"{at}.containers"):
        all += items(container.get("ports"), f"{place}.ports")
    host = spec.get("hostNetwork") is True
    filled = "containerPort" if host and alone else "hostPort"  # what the server fills in
    yield from repeated((f"{place}.hostPort", _on_node(port, filled)) for place, port in all)
    for place, port in all if host else ():
        if port.get("hostPort") and port["hostPort"] != port.get("containerPort"):
            yield Refusal(f"{place}.hostPort", "must equal `containerPort` with `hostNetwork`")


def _number(port: Object) -> str:
    """The key by which server-side apply merges a port."""
    return f"{port.get('containerPort')}/{port.get('protocol', 'TCP')}"


def _on_node(port: Object, filled: str) -> str | None:
    number = whole(port.get("hostPort") or port.get(filled))
    address = f"{port.get('protocol') or 'TCP'}/{port.get('hostIP', '')}/{number}"
    return address if number else None


def _resizing(value: Any, at: str, restart: str) -> Refusals:
    policies = list(items(value, at))
    for _, policy in policies:
        yield from one_of({"cpu", "memory"}, policy.get("resourceName", ""), at)
        restarts = {"NotRequired", "RestartContainer"}
        yield from one_of(restarts, policy.get("restartPolicy", ""), at)
        if restart == "Never" and policy.get("restartPolicy") != "NotRequired":
            yield Refusal(at, "must be `NotRequired` where the pod never restarts")
    yield from repeated((place, policy.get("resourceName")) for place, policy in policies)


def _restarting(container: Object, at: str) -> Refusals:
    """A container's own policy of restarts, and its rules by exit codes."""
    policy, rules = container.get("restartPolicy"), container.get("restartPolicyRules")
    yield from one_of({"Always", "Never", "OnFailure"}, policy, f"{at}.restartPolicy")
    if rules and policy is None:
        yield Refusal(f"{at}.restartPolicy", "is required beside `restartPolicyRules`")
    if size(rules) > 20:
        yield Refusal(f"{at}.restartPolicyRules", "there are more than 20 rules")
    for place, rule in items(rules, f"{at}.restartPolicyRules"):
        yield from one_of(
            {"Restart", "RestartAllContainers"}, rule.get("action"), f"{place}.action"
        )
        codes = rule.get("exitCodes")
        if not isinstance(codes, dict):
            yield Refusal(f"{place}.exitCodes", "is required")
        yield from one_of(
            {"In", "NotIn"}, mapping(codes).get("operator"), f"{place}.exitCodes.operator"
        )


def by_name(volumes: Iterable[tuple[str, Object]]) -> Object:
    """Volumes by their names."""
    return {text(volume.get("name")): volume for _, volume in volumes}
