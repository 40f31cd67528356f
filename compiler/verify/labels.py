"""Kubernetes label selectors, as meta/v1 LabelSelector documents them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.verify.artefacts import Node

Labels = Mapping[str, str]
Selector = Callable[[Labels], bool]

NAME = "app.kubernetes.io/name"
INSTANCE = "app.kubernetes.io/instance"
COMPONENT = "app.kubernetes.io/component"
GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name"

_OPERATORS: Mapping[str, Callable[[str | None, tuple[str, ...]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
}


def selector(node: Node) -> Selector:
    """A selector with `matchLabels` and `matchExpressions`, which are AND-ed; empty matches all."""
    wanted = node["matchLabels"].pairs()
    for key in node.names():
        if key not in ("matchLabels", "matchExpressions"):
            raise node.wrong("a label selector")
    terms = [_expression(item) for item in node["matchExpressions"].items()]
    return lambda labels: has(labels, wanted) and all(term(labels) for term in terms)


def _expression(node: Node) -> Selector:
    key, values = node["key"].text(), node["values"].texts()
    operator = _OPERATORS.get(node["operator"].text())
    if operator is None:
        raise node.wrong("a label expression")
    return lambda labels: operator(labels.get(key), values)


def has(labels: Labels, wanted: Labels) -> bool:
    """Whether all of the wanted labels are there."""
    return all(labels.get(key) == value for key, value in wanted.items())
