"""What Argo CD may do while it syncs: in a namespace, or in the whole cluster.

With impersonation (Argo CD 3.5, `application.sync.impersonation.enabled`) a sync has no more rights
than the ServiceAccount of its destination; those are the kinds that were emitted, and no others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.emit.argocd.components import SYNC, Component, Kind, kinds
from compiler.emit.file import File, Origin
from compiler.emit.objects import Object, file, resource
from compiler.graph import Resource
from compiler.model import Cluster

RBAC = "rbac.authorization.k8s.io"
VERBS = ("create", "delete", "get", "patch", "update")
_LABELS = {"app.kubernetes.io/part-of": "argocd", "app.kubernetes.io/managed-by": "roster"}


def in_namespaces(fleet: Fleet, parts: Iterable[Component]) -> Iterator[File]:
    """The account of each namespace, beside the namespace."""
    spaces: dict[tuple[str, str], list[Component]] = {}
    for part in parts:
        spaces.setdefault((part.cluster.name, part.namespaces[0]), []).append(part)
    for (_, space), some in sorted(spaces.items(), key=lambda item: item[0]):
        owner = some[0].project or fleet.platform_resource
        files = (file for part in some for file in part.files)
        where = f"clusters/{some[0].cluster.name}/namespaces/{space}"
        yield from _bound(where, some[0].cluster, SYNC, space, kinds(files), Origin("", owner))


def in_cluster(
    fleet: Fleet, cluster: Resource[Cluster], parts: Iterable[Component]
) -> Iterator[File]:
    """The account for what is not in one namespace; an administrator applies it, once."""
    where, space = f"clusters/{cluster.name}/bootstrap/cluster", fleet.platform.argocd.namespace
    rights = kinds(file for part in parts for file in part.files)
    here = Origin("", fleet.platform_resource, ("argocd",))
    if cluster.spec.argocd is not None:
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}}
        yield file(where, cluster, home, here)
    yield from _bound(where, cluster, SYNC, space, rights, here, scope="Cluster")


def of_root(fleet: Fleet, cluster: Resource[Cluster], name: str) -> Iterator[File]:
    """The account that brings Applications and AppProjects to where Argo CD runs."""
    where, space = f"clusters/{cluster.name}/bootstrap/argocd", fleet.platform.argocd.namespace
    rights = [("argoproj.io", "AppProject"), ("argoproj.io", "Application")]
    yield from _bound(where, cluster, name, space, rights, _here(fleet))


def _here(fleet: Fleet) -> Origin:
    return Origin("", fleet.platform_resource, ("argocd",))


def _bound(
    where: str,
    cluster: Resource[Cluster],
    name: str,
    space: str,
    rights: list[Kind],
    origin: Origin,
    scope: str = "",
) -> Iterator[File]:
    """An account, a role and their binding; `scope` is "Cluster" for the whole cluster."""
    inside = {"name": name, "namespace": space, "labels": _LABELS}
    own = {"name": name, "labels": _LABELS} if scope else inside
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": inside,
        "automountServiceAccountToken": False,
    }
    role = {
        "apiVersion": f"{RBAC}/v1",
        "kind": f"{scope}Role",
        "metadata": own,
        "rules": [*_rules(rights)],
    }
    binding = {
        "apiVersion": f"{RBAC}/v1",
        "kind": f"{scope}RoleBinding",
        "metadata": own,
        "roleRef": {"apiGroup": RBAC, "kind": f"{scope}Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": space}],
    }
    for object in (account, role, binding):
        yield file(where, cluster, object, origin)


def _rules(rights: list[Kind]) -> Iterator[Object]:
    """One rule for each group. Who brings roles must be let to: it has not what they permit."""
    groups: dict[str, list[str]] = {}
    for group, kind in rights:
        groups.setdefault(group, []).append(kind)
    for group, some in groups.items():
        names = [resource(kind) for kind in some]
        yield {"apiGroups": [group], "resources": names, "verbs": [*VERBS]}
    if (RBAC, "RoleBinding") in rights:
        yield {"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["bind", "escalate"]}
    if (RBAC, "ClusterRoleBinding") in rights:
        yield {"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["bind"]}
