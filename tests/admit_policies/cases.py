"""Objects that the shipped admission policies let through, and objects that they deny.

`bad/<name>.yaml` belongs to the policy `roster-<name>`; a server of the real kind must agree.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

HERE = Path(__file__).parent
POLICIES = HERE.parents[1] / "policies" / "admission"


class Case(NamedTuple):
    """An object, the policy that denies it, and a part of what it says."""

    policy: str
    says: str
    object: dict[str, Any]
    only_here: str  # why a server does not get as far as that policy, if it does not


def good() -> dict[str, dict[str, Any]]:
    """A good object of each kind."""
    result = yaml.safe_load((HERE / "good.yaml").read_text(encoding="utf-8"))
    return {object["kind"]: json.loads(json.dumps(object)) for object in result}  # shares nothing


def bad() -> Iterator[Case]:
    """Every bad object."""
    objects = good()
    for path in sorted((HERE / "bad").glob("*.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            object = copy.deepcopy(objects[entry["of"]])
            for route, value in entry["set"].items():
                _set(object, route.split("."), value)
            yield Case(f"roster-{path.stem}", entry["says"], object, entry.get("only-here", ""))


def shipped() -> Iterator[tuple[str, dict[str, Any]]]:
    """The shipped policies and their bindings, by file name."""
    for path in sorted(POLICIES.glob("*.yaml")):
        for object in yaml.safe_load_all(path.read_text(encoding="utf-8")):
            yield path.stem, object


def _set(object: Any, route: list[str], value: Any) -> None:
    """Puts a value at a place; null takes it away."""
    *parents, last = (int(part) if part.isdigit() else part for part in route)
    for part in parents:
        object = object[part] if isinstance(part, int) else object.setdefault(part, {})
    if value is None:
        del object[last]
    else:
        object[last] = value


NAMESPACE: Mapping[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {
        "name": "flashfusion-agents",
        "labels": {
            "app.kubernetes.io/managed-by": "roster",
            "pod-security.kubernetes.io/enforce": "restricted",
        },
    },
}
"""The namespace of most of these objects, as the shipped estate has it."""
