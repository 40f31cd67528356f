"""Environment variables of containers, and what they can refer to.

From pkg/apis/core/validation/validation.go of k8s.io/kubernetes (ValidateEnv, ValidateEnvFrom).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from compiler.admit.semantics.names import (
    annotation_key,
    dns_label,
    dns_subdomain,
    environment,
    file_key,
    label_key,
)
from compiler.admit.semantics.quantities import amount, not_canonical
from compiler.admit.semantics.refusal import (
    Fault,
    Object,
    Refusal,
    Refusals,
    Validator,
    faulty,
    items,
    mapping,
    needed,
    repeated,
    required,
    text,
)

POD_FIELDS = frozenset({"metadata.name", "metadata.namespace", "metadata.uid"})
_ENVIRONMENT_FIELDS = POD_FIELDS | {
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
    "spec.host",
}
_SUBSCRIPTED: Mapping[str, Fault] = {
    "metadata.annotations": annotation_key,
    "metadata.labels": label_key,
}
_RESOURCES = {"cpu", "memory", "ephemeral-storage"}
_CPU_DIVISORS = {"1m", "1"}
_DIVISORS = {"1"} | {f"1{unit}{i}" for unit in "MGTPE" for i in ("", "i")} | {"1k", "1Ki"}


def variables(value: Any, at: str) -> Refusals:
    """A list of environment variables."""
    for place, variable in items(value, at):
        yield from needed(environment, variable.get("name"), f"{place}.name")
        source = variable.get("valueFrom")
        if isinstance(source, dict):
            yield from _source(source, bool(variable.get("value")), f"{place}.valueFrom")
    # on creation the last one would win, but applied it is refused
    yield from repeated(
        (f"{place}.name", variable.get("name")) for place, variable in items(value, at)
    )


def file_volumes(value: Any, volumes: Object, at: str) -> Refusals:
    """Variables from files, whose volumes must be empty directories of the pod."""
    for place, variable in items(value, at):
        reference = mapping(variable.get("valueFrom")).get("fileKeyRef")
        if isinstance(reference, dict):
            name, where = text(reference.get("volumeName")), f"{place}.valueFrom.fileKeyRef"
            if name not in volumes:
                yield Refusal(f"{where}.volumeName", f"there is no volume `{name}`")
            elif mapping(volumes[name]).keys() - {"name", "emptyDir"}:  # the default is one
                yield Refusal(f"{where}.volumeName", f"`{name}` is not an `emptyDir`")


def sources(value: Any, at: str) -> Refusals:
    """A list of ConfigMaps and Secrets that become variables."""
    for place, source in items(value, at):
        if source.get("prefix"):
            yield from faulty(environment, source["prefix"], f"{place}.prefix")
        kinds = [kind for kind in ("configMapRef", "secretRef") if kind in source]
        if len(kinds) != 1:
            yield Refusal(at, "needs one of `configMapRef` and `secretRef`")
        for kind in kinds:
            name = mapping(source[kind]).get("name")
            yield from needed(dns_subdomain, name, f"{place}.{kind}.name")


def _source(source: Object, has_value: bool, at: str) -> Refusals:
    kinds = [kind for kind in _SOURCES if isinstance(source.get(kind), dict)]
    for kind in kinds:
        yield from _SOURCES[kind](source[kind], f"{at}.{kind}")
    if not kinds:
        yield Refusal(at, f"needs one of {', '.join(_SOURCES)}")
    elif has_value:
        yield Refusal(at, "cannot stand beside a `value`")
    elif len(kinds) > 1:
        yield Refusal(at, "can have only one source")


def _field(reference: Object, at: str) -> Refusals:
    yield from field_reference(reference, _ENVIRONMENT_FIELDS, at)


def field_reference(reference: Object, fields: Collection[str], at: str) -> Refusals:
    """A reference to a field of the pod itself (the downward API)."""
    path = text(reference.get("fieldPath"))
    field, bracket, rest = path.partition("['")
    if reference.get("apiVersion", "v1") != "v1":
        yield Refusal(f"{at}.fieldPath", f"there are no fields in {reference['apiVersion']}")
    elif not path:
        yield Refusal(f"{at}.fieldPath", "is required")
    elif bracket and rest.endswith("']"):
        if field not in _SUBSCRIPTED:
            yield Refusal(f"{at}.fieldPath", f"`{path}` is not a field that can be referred to")
        else:
            yield from faulty(_SUBSCRIPTED[field], rest[:-2], at)
    elif path not in fields:
        yield Refusal(f"{at}.fieldPath", f"`{path}` is not a field that can be referred to")


def _resource(reference: Object, at: str) -> Refusals:
    yield from resource_reference(reference, at)


def resource_reference(reference: Object, at: str) -> Refusals:
    """A reference to a request or a limit of a container."""
    resource, divisor = text(reference.get("resource")), reference.get("divisor")
    side, _, name = resource.partition(".")
    if not resource:
        yield Refusal(f"{at}.resource", "is required")
    elif side not in {"limits", "requests"} or not (
        name in _RESOURCES or name.startswith("hugepages-")
    ):
        yield Refusal(f"{at}.resource", f"`{resource}` is not a resource that can be referred to")
    yield from not_canonical(divisor, f"{at}.divisor")
    allowed = _CPU_DIVISORS if name == "cpu" else _DIVISORS
    if amount(divisor) and str(divisor) not in allowed:
        yield Refusal(f"{at}.divisor", f"{divisor} is not one unit of `{name}`")


def _key(reference: Object, at: str) -> Refusals:
    yield from faulty(dns_subdomain, reference.get("name", ""), f"{at}.name")
    yield from needed(file_key, reference.get("key"), f"{at}.key")


def _file(reference: Object, at: str) -> Refusals:
    yield from needed(environment, reference.get("key"), f"{at}.key")
    yield from needed(dns_label, reference.get("volumeName"), f"{at}.volumeName")
    yield from required(reference, "path", at)
    if ".." in text(reference.get("path")).split("/"):
        yield Refusal(f"{at}.path", "must not contain `..`")


_SOURCES: Mapping[str, Validator] = {
    "fieldRef": _field,
    "resourceFieldRef": _resource,
    "configMapKeyRef": _key,
    "secretKeyRef": _key,
    "fileKeyRef": _file,
}
