"""Requests and limits of containers and pods.

From pkg/apis/core/validation/validation.go (validateResourceRequirements) and
pkg/apis/core/helper/helpers.go of k8s.io/kubernetes.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from compiler.admit.semantics.names import dns_label, label_key
from compiler.admit.semantics.quantities import amount, not_amount
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    text,
)

CONTAINER_RESOURCES = frozenset({"cpu", "memory", "ephemeral-storage"})
POD_RESOURCES = frozenset({"cpu", "memory"})
_HUGE = "hugepages-"
WHOLE = frozenset(
    {
        "pods",
        "services",
        "replicationcontrollers",
        "resourcequotas",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    }
)


def resources(value: Any, at: str, *, claims: frozenset[str]) -> Refusals:
    """The resources of a container, whose claims must be among those of the pod."""
    requested = mapping(value)
    yield from requirements(requested, at, container_resource)
    yield from _claims(requested.get("claims"), f"{at}.claims", claims)


def requirements(requested: Object, at: str, named: Callable[[str], str]) -> Refusals:
    """Limits and requests: names of resources, amounts, and no request above its limit."""
    requests, limits = mapping(requested.get("requests")), mapping(requested.get("limits"))
    yield from amounts(limits, f"{at}.limits", named)
    yield from amounts(requests, f"{at}.requests", named)
    for name, request in requests.items():
        yield from _against_limit(name, request, limits, at)
    names = {*requests, *limits}
    if any(is_huge(name) for name in names) and not names & POD_RESOURCES:
        yield Refusal(at, "huge pages need CPU or memory beside them")


def amounts(quantities: Any, at: str, named: Callable[[str], str]) -> Refusals:
    """Amounts by the names of resources."""
    for name, value in mapping(quantities).items():
        place = f"{at}[{name}]"
        yield from faulty(named, name, place)
        yield from not_amount(value, place)
        number = amount(value)
        if number is not None and number % 1 and is_whole(name):
            yield Refusal(place, f"{value} of `{name}` is not a whole number")


def _against_limit(name: str, request: Any, limits: Object, at: str) -> Refusals:
    wanted, limit = amount(request), amount(limits.get(name))
    if name not in limits and not may_overcommit(name):
        yield Refusal(f"{at}.limits", f"`{name}` needs a limit")
    elif wanted is not None and limit is not None:
        if wanted != limit and not may_overcommit(name):
            message = f"{request} of `{name}` must equal its limit of {limits[name]}"
            yield Refusal(f"{at}.requests", message)
        elif wanted > limit:
            message = f"{request} of `{name}` is above its limit of {limits[name]}"
            yield Refusal(f"{at}.requests", message)


def within_pod(pod: Object, containers: list[Object], at: str) -> Refusals:
    """Requests of containers that add up to more than what the pod requests as a whole."""
    for name, whole in mapping(pod.get("requests")).items():
        asked = [
            mapping(mapping(container.get("resources")).get("requests")) for container in containers
        ]
        total = sum((amount(each.get(name)) or Decimal(0) for each in asked), Decimal(0))
        limit = amount(whole)
        if limit is not None and total > limit:
            yield Refusal(f"{at}.requests[{name}]", f"{whole} is less than the containers ask for")


def container_resource(name: str) -> str:
    """A resource that a container can ask for."""
    if fault := label_key(name):
        return fault
    if "/" not in name:
        valid = name in CONTAINER_RESOURCES or is_huge(name)
        return "" if valid else f"`{name}` is no resource of containers"
    valid = is_native(name) or is_extended(name)
    return "" if valid else f"`{name}` is not a name of an extended resource"


def pod_resource(name: str) -> str:
    """A resource that a pod can ask for as a whole."""
    valid = name in POD_RESOURCES or is_huge(name)
    return "" if valid else f"`{name}` is no resource of pods as a whole"


def is_huge(name: str) -> bool:
    """Whether it is a size of huge pages."""
    return name.startswith(_HUGE)


def is_native(name: str) -> bool:
    """Whether Kubernetes itself defines the resource."""
    return "/" not in name or "kubernetes.io/" in name


def is_extended(name: str) -> bool:
    """Whether it is defined outside of Kubernetes, such as a kind of device."""
    if is_native(name) or name.startswith("requests."):
        return False
    return not label_key(f"requests.{name}")


def is_whole(name: str) -> bool:
    """Whether only whole numbers of it make sense."""
    return name in WHOLE or is_extended(name)


def may_overcommit(name: str) -> bool:
    """Whether a request may differ from its limit."""
    return is_native(name) and not is_huge(name)


def _claims(value: Any, at: str, claims: frozenset[str]) -> Refusals:
    seen = set()
    for place, claim in items(value, at):
        name, request = text(claim.get("name")), text(claim.get("request"))
        if not name:
            yield Refusal(place, "is required")
        elif name not in claims:
            yield Refusal(place, f"`{name}` is none of the pod's resource claims")
        if name in seen or (name, request) in seen:
            yield Refusal(place, f"`{name}` is there twice")
        seen.add((name, request) if request else name)
        if request:
            yield from faulty(dns_label, request, f"{place}.request")
