"""The objects of the last output compared with those of this one: changes that a cluster refuses.

Some fields can never be changed (k8s.io/kubernetes 1.36, `Validate...Update` of each kind); some
changes are accepted and do harm. Each is reported with the steps that achieve it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.file import File
from compiler.parse import bare, parse
from compiler.source import Source

IMMUTABLE = Rule("field-immutable", Severity.ERROR, "a change that a cluster would refuse")
DROPPED = Rule(
    "replicas-dropped", Severity.ERROR, "a step to autoscaling that stops all pods but one"
)
LEFT = Rule("kind-left-behind", Severity.WARNING, "an object that Argo CD may not remove any more")
RULES = (IMMUTABLE, DROPPED, LEFT)

Object = Mapping[str, Any]


class Pair(NamedTuple):
    """An object as it was, and the file that it is now."""

    path: str
    old: Object
    file: File

    @property
    def new(self) -> Object:
        """The object as it is now."""
        assert self.file.object is not None, self.path
        return self.file.object


_STATEFUL = (  # what may change of a StatefulSet
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
)
_ORPHAN = (
    "delete the {kind} without its pods, `kubectl {space}delete {low} {name} --cascade=orphan`"
)
_CLAIMS = {"volumeClaimTemplates": ", after you patched the claims themselves to let volumes grow"}
_DELETE = "delete it, `kubectl {space}delete {low} {name}`"
_ROUTES: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]] = {
    "Deployment": ((("spec", "selector"), _ORPHAN),),
    "DaemonSet": ((("spec", "selector"), _ORPHAN),),
    "Job": ((("spec", "selector"), _DELETE), (("spec", "template"), _DELETE)),
    "RoleBinding": ((("roleRef",), _DELETE),),
    "ClusterRoleBinding": ((("roleRef",), _DELETE),),
    "Secret": ((("type",), _DELETE),),
    "StorageClass": tuple(
        ((field,), _DELETE)
        for field in ("provisioner", "parameters", "reclaimPolicy", "volumeBindingMode")
    ),
    "Service": ((("spec", "clusterIP"), _DELETE),),
    "PersistentVolumeClaim": tuple(
        (("spec", field), "make a claim of another name, and move the data")
        for field in ("accessModes", "storageClassName", "volumeMode", "volumeName")
    ),
    "PriorityClass": ((("value",), _DELETE), (("preemptionPolicy",), _DELETE)),
}
_JUDGED = frozenset([*_ROUTES, "AppProject", "ConfigMap", "StatefulSet"])
_SPECIFIED = _JUDGED - {kind for kind, routes in _ROUTES.items() if routes[0][0][0] != "spec"}
_SPECIFIED -= {"ConfigMap"}
_STEMS = frozenset(kind.lower() for kind in _JUDGED)
_DONE = "; once that is done in the cluster, remove `generated/{path}` and generate again"


def transitions(before: Mapping[str, str], files: Iterable[File]) -> Iterator[Diagnostic]:
    """Report changes that a cluster would refuse, or that do harm.

    Args:
        before: the old texts of the files that change or go, by path; an object may also have
            moved to another path. A text that cannot be read counts as absent.
        files: the new files.
    """
    now = {file.path: file for file in files if file.object is not None}
    moved = {
        _identity(f.path, f.object): f for f in now.values() if f.object and f.path not in before
    }
    for path, text in sorted(before.items()):
        if not path.startswith("clusters/") or _stem(path) not in _STEMS:
            continue
        old = _read(path, text)
        file = None if old is None else now.get(path) or moved.get(_identity(path, old))
        if old is not None and file is not None and file.object is not None:
            pair = Pair(path, old, file)
            if pair.new["kind"] == old["kind"]:
                yield from _changed(pair)
                if old["kind"] == "AppProject":
                    yield from _left(pair, before, now)


def _identity(path: str, object: Object) -> tuple[str, str, str, str]:
    meta = object["metadata"]
    return path.split("/")[1], object["kind"], str(meta.get("namespace", "")), meta["name"]


def _stem(path: str) -> str:
    """The kind in the name of a file."""
    return path.rpartition("/")[2].partition("-")[0].partition(".")[0]


def _read(path: str, text: str) -> Object | None:
    """The object in an old text; None if there is none, as the file may have been edited."""
    documents, _ = parse(Source(path, text))
    object = bare(documents[0].data) if len(documents) == 1 else None
    if not isinstance(object, dict):
        return None
    if not all(isinstance(object.get(key), str) for key in ("apiVersion", "kind")):
        return None
    wanted = ["metadata", *(["spec"] if object["kind"] in _SPECIFIED else [])]
    if not all(isinstance(object.get(key), dict) for key in wanted):
        return None
    return object if isinstance(object["metadata"].get("name"), str) else None


def _changed(pair: Pair) -> Iterator[Diagnostic]:
    for field, cure in _fields(pair):
        message = f"`{field}` of {_name(pair)} cannot be changed in a cluster"
        yield _at(IMMUTABLE, pair, field, message, cure)
    if pair.old["kind"] in ("Deployment", "StatefulSet"):
        was, has = (o["spec"].get("replicas") for o in (pair.old, pair.new))
        if isinstance(was, int) and was > 1 and has is None:
            message = f"{_name(pair)} would drop from {was} pods to 1 before it is autoscaled"
            yield _at(DROPPED, pair, "spec.replicas", message, _hand_over(pair, was))


def _fields(pair: Pair) -> Iterator[tuple[str, str]]:
    """The fields that differ and cannot be changed, and the steps that achieve it."""
    old, new, kind = pair.old, pair.new, pair.old["kind"]
    for route, cure in _ROUTES.get(kind, ()):
        if _at_route(old, route) != _at_route(new, route):
            yield ".".join(route), cure
    if kind == "StatefulSet":
        for field in sorted({*old["spec"], *new["spec"]} - {*_STATEFUL}):
            if old["spec"].get(field) != new["spec"].get(field):
                yield f"spec.{field}", _ORPHAN + _CLAIMS.get(field, "")
    if old.get("immutable") and old != new:
        yield "data", _DELETE


def _at_route(value: Any, route: tuple[str, ...]) -> Any:
    for key in route:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def _hand_over(pair: Pair, replicas: int) -> str:
    """Give the field a second owner before the manifest drops it (Kubernetes, Server-Side Apply,
    Transferring ownership)."""
    kind, meta = pair.old["kind"], pair.old["metadata"]
    patch = (
        f'{{"apiVersion":"apps/v1","kind":"{kind}","metadata":{{"name":"{meta["name"]}",'
        f'"namespace":"{meta.get("namespace", "default")}"}},"spec":{{"replicas":{replicas}}}}}'
    )
    apply = "kubectl apply --server-side --field-manager=handover -f -"
    return f"let another owner hold the number first: `echo '{patch}' | {apply}`"


def _left(pair: Pair, before: Mapping[str, str], now: Mapping[str, File]) -> Iterator[Diagnostic]:
    """An AppProject allows the kinds that are emitted: without the last object of a kind, Argo CD
    may no longer delete that object."""
    cluster, scope = pair.path.split("/")[1], pair.new["metadata"]["name"].partition(".")[2]
    own = ("platform", "namespaces") if scope in ("platform", "cluster") else (f"projects/{scope}",)
    gone = _kinds(pair.old) - _kinds(pair.new)
    for path, text in sorted(before.items()) if gone else ():
        if path not in now and path.startswith(
            tuple(f"clusters/{cluster}/{part}/" for part in own)
        ):
            old = _read(path, text)
            if old is not None and (old["apiVersion"].rpartition("/")[0], old["kind"]) in gone:
                left = Pair(path, old, pair.file)
                message = f"{_name(left)} is the last of its kind, and Argo CD may leave it behind"
                yield _at(LEFT, left, "", message, _DELETE, done="")


def _kinds(project: Object) -> set[tuple[str, str]]:
    lists = (project["spec"].get(f"{scope}ResourceWhitelist") for scope in ("namespace", "cluster"))
    items = [item for listed in lists if isinstance(listed, list) for item in listed]
    return {(str(i.get("group")), str(i.get("kind"))) for i in items if isinstance(i, dict)}


def _name(pair: Pair) -> str:
    return f"{pair.old['kind']} `{pair.old['metadata']['name']}` in {pair.path.split('/')[1]}"


def _at(
    rule: Rule, pair: Pair, field: str, message: str, cure: str, done: str = _DONE
) -> Diagnostic:
    old, meta = pair.old, pair.old["metadata"]
    words = {
        "kind": old["kind"],
        "low": old["kind"].lower(),
        "name": meta["name"],
        "space": f"-n {meta['namespace']} " if "namespace" in meta else "",
        "path": pair.path,
    }
    help = cure if cure.startswith("let another") else cure.format(**words)
    return rule.at(pair.file.origin(field).span, message, help=help + done.format(**words))
