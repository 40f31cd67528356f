"""What a project's chart may not make: objects outside of the project, or with another identity.

Each object is judged by itself here; what a cluster would refuse is judged later, with all objects.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from compiler.diagnostic import Rule, Severity, visible

FAILS = Rule("chart-fails", Severity.ERROR, "a chart of a project does not build")
OUTSIDE = Rule("chart-outside-project", Severity.ERROR, "a chart makes what its project may not")
IDENTITY = Rule("chart-takes-identity", Severity.ERROR, "a chart's pods would pass for others")
RULES = (FAILS, OUTSIDE, IDENTITY)

Object = Mapping[str, Any]
_TEMPLATES = {
    ("apps/v1", "Deployment"): ("spec", "template"),
    ("apps/v1", "StatefulSet"): ("spec", "template"),
    ("batch/v1", "Job"): ("spec", "template"),
    ("batch/v1", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
_ALLOWED = frozenset(_TEMPLATES) | {
    ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"),
    ("v1", "Service"),
    ("v1", "ServiceAccount"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    ("external-secrets.io/v1", "ExternalSecret"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("policy/v1", "PodDisruptionBudget"),
}
_SELECTORS = {
    "NetworkPolicy": ("podSelector", "matchLabels"),
    "PodDisruptionBudget": ("selector", "matchLabels"),
    "Service": ("selector",),
}
_NAMES = ("secretName", "claimName", "volumeName")
_NAMED = ("secretkeyref", "secretref", "scaletargetref", "datasource", "datasourceref")
_VERSION = "app.kubernetes.io/version"
_MESH = "istio.io"


class Fault(NamedTuple):
    """What is wrong with one object."""

    rule: Rule
    message: str
    help: str


def faults(object: Object, all: Sequence[Object], facts: Mapping[str, Any]) -> Iterator[Fault]:
    """What is wrong with an object of a chart that makes `all`; the kind first."""
    kind = (str(object.get("apiVersion")), str(object.get("kind")))
    what = visible(f"{kind[1]} `{_at(object, 'metadata', 'name')}`")
    if kind == ("v1", "Secret"):
        help = "fetch it: make an ExternalSecret with the store of `given`"
        yield Fault(OUTSIDE, f"{what} would put a secret into git", help)
    elif kind not in _ALLOWED:
        kinds = ", ".join(sorted(name for _, name in _ALLOWED))
        yield Fault(OUTSIDE, f"{what} is no kind for a chart", f"a chart makes: {kinds}")
    else:
        for judge in _JUDGES:
            for rule, text, help in judge(object, facts):
                yield Fault(rule, f"{what} {text}", help)
        for text, help in _identity(object, all, facts):
            yield Fault(IDENTITY, f"{what} {text}", help)


Faults = Iterator[tuple[Rule, str, str]]


def _place(object: Object, facts: Mapping[str, Any]) -> Faults:
    """In a namespace of the project, under a name that begins with the chart's."""
    spaces = sorted(facts["namespaces"].values())
    space, name = _at(object, "metadata", "namespace"), _at(object, "metadata", "name")
    if space not in spaces:
        where = visible(f"lies in `{space}`") if space else "names no namespace"
        yield OUTSIDE, where, f"the project's are {' and '.join(spaces)}"
    if not _owned(name, facts):
        own = facts["name"]
        yield OUTSIDE, "has a name that could be another's", f"call it `{own}` or `{own}-...`"


def _owned(name: Any, facts: Mapping[str, Any]) -> bool:
    """Whether a name is the chart's, or begins with it."""
    own = re.escape(facts["name"])
    return isinstance(name, str) and bool(re.fullmatch(rf"{own}(-[a-z0-9-]*[a-z0-9])?", name))


def _selection(object: Object, facts: Mapping[str, Any]) -> Faults:
    """A selector selects pods of the chart alone: policies for others are not its own."""
    route = _SELECTORS.get(str(object.get("kind")))
    if route is None:
        return
    chosen = _at(object, "spec", *route)
    if not isinstance(chosen, Mapping) or not facts["selector"].items() <= chosen.items():
        help = 'use `given["selector"]`'
        yield OUTSIDE, "chooses pods that are not the chart's", help


def _fetched(object: Object, facts: Mapping[str, Any]) -> Faults:
    """It fetches the secrets below its own prefix, from the platform's store."""
    if object.get("kind") != "ExternalSecret":
        return
    data, prefix = _at(object, "spec", "data"), facts["secretPrefix"]
    keys = [str(_at(item, "remoteRef", "key")) for item in data] if isinstance(data, list) else [""]
    foreign = any(not key.startswith(prefix) or ".." in key for key in keys)
    if foreign or _at(object, "spec", "dataFrom") is not None:
        yield OUTSIDE, "fetches secrets of others", f"keys of its own begin with `{prefix}`"
    if not _owned(_at(object, "spec", "target", "name"), facts):
        yield OUTSIDE, "fills a Secret that could be another's", f"call it `{facts['name']}`"
    if _at(object, "spec", "secretStoreRef") != facts["secretStore"]:
        yield OUTSIDE, "names another store of secrets", 'use `given["secretStore"]`'


def _borrowed(object: Object, facts: Mapping[str, Any]) -> Faults:
    """What it mounts, reads and scales is its own."""
    for key, name in _references(object.get("spec")):
        if not _owned(name, facts):
            what = visible(f"uses `{name}` ({key}), which is another's")
            yield OUTSIDE, what, f"what a chart uses is called `{facts['name']}` or begins with it"


def _references(value: Any) -> Iterator[tuple[str, Any]]:
    """The names of Secrets, volume claims and workloads anywhere in a spec."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in _NAMES:
                yield key, item
            elif key == "imagePullSecrets" and isinstance(item, list):
                yield from ((key, _at(secret, "name")) for secret in item)
            elif key.lower().endswith(_NAMED) or (key == "secret" and _at(item, "name")):
                yield key, _at(item, "name")
            else:
                yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


_JUDGES: tuple[Callable[[Object, Mapping[str, Any]], Faults], ...] = (
    _place,
    _selection,
    _fetched,
    _borrowed,
)


def _identity(
    object: Object, all: Sequence[Object], facts: Mapping[str, Any]
) -> Iterator[tuple[str, str]]:
    """Labels and accounts by which network policies, meshes and gateways identify pods."""
    route = _TEMPLATES.get((str(object["apiVersion"]), str(object["kind"])))
    owned = [object, *([_at(object, *route)] if route else [])]
    for part in owned:
        for key, value in _texts(part, "labels"):
            own = facts["labels"].get(key)
            if (own is not None and value != own) or (own is None and _identifies(key)):
                help = f"it is `{own}` here" if own else "labels of a chart's own have no `/`"
                yield visible(f"has the label `{key}: {value}`"), help
        for key, _ in _texts(part, "annotations"):
            if key.partition("/")[0].endswith(_MESH):
                yield visible(f"has the annotation `{key}`"), "the mesh treats all pods alike"
    if route is None:
        return
    pod = _at(object, *route, "spec")
    account = _at(pod, "serviceAccountName") or _at(pod, "serviceAccount") or "default"
    space = _at(object, "metadata", "namespace")
    if not any(_is_account(part, account, space) for part in all):
        help = "make a ServiceAccount in the chart, and name it"
        yield visible(f"runs as `{account}`, which the chart does not make"), help


def _texts(object: Any, field: str) -> Iterator[tuple[str, Any]]:
    """The labels or annotations of an object."""
    texts = _at(object, "metadata", field)
    return iter(texts.items()) if isinstance(texts, Mapping) else iter(())


def _identifies(key: str) -> bool:
    """Whether gateways, meshes and operators may identify a pod by this label."""
    return "/" in key and key != _VERSION


def _is_account(object: Object, name: Any, space: Any) -> bool:
    meta = object.get("metadata")
    own = (_at(meta, "name"), _at(meta, "namespace"))
    return object.get("kind") == "ServiceAccount" and own == (name, space)


def _at(value: Any, *route: str) -> Any:
    """The value below some keys; None where there is none."""
    for key in route:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value
