"""Claims of volumes.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes
(ValidatePersistentVolumeClaimSpec).
"""

from __future__ import annotations

from typing import Any

from compiler.admit.semantics.names import dns_subdomain
from compiler.admit.semantics.quantities import not_canonical, not_positive
from compiler.admit.semantics.refusal import (
    Object,
    Refusal,
    Refusals,
    faulty,
    mapping,
    one_of,
    required,
    texts,
)
from compiler.admit.semantics.selectors import selector

_ALONE = "ReadWriteOncePod"
_MODES = {"ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", _ALONE}


def claim(object: Object) -> Refusals:
    """A PersistentVolumeClaim."""
    yield from claim_spec(object.get("spec"), "spec")


def claim_spec(value: Any, at: str) -> Refusals:
    """What is asked for: access modes, storage, class."""
    spec = mapping(value)
    yield from _access(spec, f"{at}.accessModes")
    yield from selector(spec.get("selector"), f"{at}.selector")
    resources = mapping(spec.get("resources"))
    requests = mapping(resources.get("requests"))
    if "storage" not in requests:
        yield Refusal(f"{at}.resources[storage]", "a claim needs a request for storage")
    yield from not_positive(requests.get("storage"), f"{at}.resources[storage]")
    for side in ("requests", "limits"):
        for name, value in mapping(resources.get(side)).items():
            if (side, name) != ("requests", "storage"):
                yield from not_canonical(value, f"{at}.resources.{side}[{name}]")
    for key in ("storageClassName", "volumeAttributesClassName"):
        if spec.get(key):
            yield from faulty(dns_subdomain, spec[key], f"{at}.{key}")
    yield from one_of({"Block", "Filesystem"}, spec.get("volumeMode"), f"{at}.volumeMode")
    for key in ("dataSource", "dataSourceRef"):
        if isinstance(spec.get(key), dict):
            yield from _source(spec[key], f"{at}.{key}")


def _access(spec: Object, at: str) -> Refusals:
    modes = [mode for _, mode in texts(spec.get("accessModes"), at)]
    if not modes:
        yield Refusal(at, "a claim needs an access mode")
    for mode in modes:
        yield from one_of(_MODES, mode, at)
    if _ALONE in modes and set(modes) & _MODES != {_ALONE}:
        yield Refusal(at, f"`{_ALONE}` cannot stand beside other modes")


def _source(source: Object, at: str) -> Refusals:
    yield from required(source, "name", at)
    yield from required(source, "kind", at)
    if source.get("apiGroup"):
        yield from faulty(dns_subdomain, source["apiGroup"], f"{at}.apiGroup")
    elif source.get("kind") != "PersistentVolumeClaim":
        yield Refusal(at, "without `apiGroup` it must be a PersistentVolumeClaim")
