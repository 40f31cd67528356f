"""Classes of storage.

From pkg/apis/storage/validation/validation.go of k8s.io/kubernetes.
"""

from __future__ import annotations

from compiler.admit.semantics.names import annotation_key, label_key
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
)

_MOST_PARAMETERS, _PARAMETERS_LIMIT = 512, 256 * 1024


def storage_class(object: Object) -> Refusals:
    """A StorageClass."""
    yield from needed(annotation_key, object.get("provisioner"), "provisioner")
    yield from _parameters(mapping(object.get("parameters")))
    yield from one_of({"Delete", "Retain"}, object.get("reclaimPolicy") or None, "reclaimPolicy")
    modes = {"Immediate", "WaitForFirstConsumer"}
    yield from one_of(modes, object.get("volumeBindingMode"), "volumeBindingMode")
    for place, term in items(object.get("allowedTopologies"), "allowedTopologies"):
        expressions = list(
            items(term.get("matchLabelExpressions"), f"{place}.matchLabelExpressions")
        )
        for where, expression in expressions:
            yield from faulty(label_key, expression.get("key", ""), f"{where}.key")
            if not expression.get("values"):
                yield Refusal(f"{where}.values", "is required")
            yield from repeated(texts(expression.get("values"), f"{where}.values"))
        yield from repeated((f"{where}.key", part.get("key")) for where, part in expressions)


def _parameters(parameters: Object) -> Refusals:
    length = sum(len((key + text(value)).encode()) for key, value in parameters.items())
    if len(parameters) > _MOST_PARAMETERS or length > _PARAMETERS_LIMIT:
        yield Refusal("parameters", "there are too many, or they are too long")
    if "" in parameters:
        yield Refusal("parameters", "a name must not be empty")
