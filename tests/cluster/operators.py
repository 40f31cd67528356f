"""The status that absent operators would write, as far as Argo CD reads it."""

from __future__ import annotations

from textwrap import indent
from typing import Any

_CONDITION = """- type: %s
  status: "True"
  reason: %s
  message: said by the rig
  lastTransitionTime: {{ Now | Quote }}
"""


def stage(version: str, kind: str, name: str, status: str, *when: dict[str, Any]) -> dict[str, Any]:
    """A stage of kwok: objects of a kind get a status; with none, they are deleted."""
    step = {"patch": {"root": "status", "subresource": "status", "template": status}}
    return {
        "apiVersion": "kwok.x-k8s.io/v1alpha1",
        "kind": "Stage",
        "metadata": {"name": f"{kind.lower()}-{name}"},
        "spec": {
            "resourceRef": {"apiGroup": version, "kind": kind},
            "selector": {"matchExpressions": list(when)},
            "steps": [step if status else {"delete": True}],
        },
    }


def _conditions(*types: str) -> str:
    """Conditions that are true."""
    return "conditions:\n" + "".join(_CONDITION % (type, type) for type in types)


def _lacks(type: str) -> dict[str, Any]:
    """Objects whose condition of a type is not true."""
    key = f'.status.conditions.[] | select( .type == "{type}" ) | .status'
    return {"key": key, "operator": "NotIn", "values": ["True"]}


_PARENT = """parents:
- controllerName: rig.example/gateways
  parentRef:
    group: gateway.networking.k8s.io
    kind: Gateway
    name: {{ (index .spec.parentRefs 0).name | Quote }}
"""
_ROUTES = "gateway.networking.k8s.io/v1"
STAGES = [
    stage(
        "external-secrets.io/v1",
        "ExternalSecret",
        "synced",
        _conditions("Ready"),
        _lacks("Ready"),
    ),
    stage(
        _ROUTES,
        "Gateway",
        "programmed",
        _conditions("Accepted", "Programmed"),
        _lacks("Programmed"),
    ),
    stage(
        _ROUTES,
        "HTTPRoute",
        "accepted",
        _PARENT + indent(_conditions("Accepted", "ResolvedRefs"), "  "),
        {"key": ".status.parents", "operator": "DoesNotExist"},
    ),
]
