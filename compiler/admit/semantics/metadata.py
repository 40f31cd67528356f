"""The metadata of all objects: name, namespace, labels, annotations, owners and finalizers.

From k8s.io/apimachinery pkg/api/validation/objectmeta.go; the names by kind from
pkg/apis/*/validation of k8s.io/kubernetes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compiler.admit.semantics.names import (
    annotation_key,
    dns_1035_label,
    dns_label,
    dns_subdomain,
    label_key,
    path_segment,
)
from compiler.admit.semantics.refusal import (
    Fault,
    Object,
    Refusal,
    Refusals,
    faulty,
    items,
    mapping,
    repeated,
    required,
    text,
    texts,
)
from compiler.admit.semantics.selectors import labels

_ANNOTATIONS_LIMIT = 256 * 1024
_FINALIZERS = {"kubernetes", "orphan", "foregroundDeletion"}
_GENERATED = "x" * 5  # what the server appends to generateName
NAMES: Mapping[str, Fault] = {
    "Namespace": dns_label,
    "Service": dns_1035_label,
    "StatefulSet": dns_label,
    "Role": path_segment,
    "ClusterRole": path_segment,
    "PodDisruptionBudget": path_segment,
    "RoleBinding": path_segment,
    "ClusterRoleBinding": path_segment,
}
"""The syntax of names of kinds whose names are not DNS subdomains."""
CLUSTER_WIDE = frozenset(
    {
        "Namespace",
        "ClusterRole",
        "ClusterRoleBinding",
        "PriorityClass",
        "StorageClass",
        "IngressClass",
        "PersistentVolume",
        "CustomResourceDefinition",
        "APIService",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    }
)
"""Kinds of Kubernetes itself whose objects lie in no namespace."""


def metadata(object: Object, namespaced: bool | None) -> Refusals:
    """The metadata of an object; of custom resources it is not known if they lie in a namespace."""
    meta, kind = mapping(object.get("metadata")), text(object.get("kind"))
    syntax = NAMES.get(kind, dns_subdomain) if namespaced is not None else dns_subdomain
    yield from _name(meta, syntax)
    yield from _namespace(meta, namespaced)
    yield from annotated(meta, "metadata")
    if "ownerReferences" in meta:
        yield from _owners(meta["ownerReferences"])
    if "finalizers" in meta:
        yield from _finalizers(meta["finalizers"], native=namespaced is not None)


def annotated(meta: Object, at: str) -> Refusals:
    """Labels and annotations."""
    yield from labels(meta.get("labels"), f"{at}.labels")
    annotations = mapping(meta.get("annotations"))
    if not annotations:
        return
    for key in annotations:
        yield from faulty(annotation_key, key, f"{at}.annotations")
    length = sum(
        len(part.encode()) for pair in annotations.items() for part in pair if isinstance(part, str)
    )
    if length > _ANNOTATIONS_LIMIT:
        message = f"{length} bytes in all are more than {_ANNOTATIONS_LIMIT}"
        yield Refusal(f"{at}.annotations", message)


def _name(meta: Object, syntax: Fault) -> Refusals:
    prefix = text(meta.get("generateName"))
    if prefix:
        yield from faulty(syntax, f"{prefix}{_GENERATED}", "metadata.generateName")
    if meta.get("name"):
        yield from faulty(syntax, meta.get("name"), "metadata.name")
    elif not prefix:
        yield Refusal("metadata.name", "is required")


def _namespace(meta: Object, namespaced: bool | None) -> Refusals:
    namespace = meta.get("namespace")
    if namespaced is False and namespace:
        yield Refusal("metadata.namespace", "objects of this kind lie in no namespace")
    elif namespaced and not namespace:
        yield Refusal("metadata.namespace", "is required")
    elif namespace:
        yield from faulty(dns_label, namespace, "metadata.namespace")


def _finalizers(finalizers: Any, *, native: bool) -> Refusals:
    at = "metadata.finalizers"
    for place, finalizer in texts(finalizers, at):
        yield from faulty(label_key, finalizer, at)
        if native and "/" not in finalizer and finalizer not in _FINALIZERS:
            yield Refusal(place, f"`{finalizer}` needs a domain and `/` before it")
    yield from repeated(texts(finalizers, at))


def _owners(owners: Any) -> Refusals:
    at = "metadata.ownerReferences"
    controllers = 0
    for _, owner in items(owners, at):
        for key in ("apiVersion", "kind", "name", "uid"):
            yield from required(owner, key, at)
        controllers += owner.get("controller") is True
    if controllers > 1:
        yield Refusal(at, "only one owner can be the controller")
