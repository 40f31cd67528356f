"""What Argo CD may do while it syncs: in a namespace, or in the whole cluster.

With impersonation (Argo CD 3.5, `application.sync.impersonation.enabled`) a sync has no more rights
than the ServiceAccount of its destination. It may apply the kinds that were emitted there, and
remove every kind that can be: an Application that leaves git is deleted with the rights that remain
afterwards. To apply roles without having their permissions takes `escalate` and `bind` (Kubernetes,
RBAC, Privilege escalation prevention).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.derive import Fleet
from compiler.emit.clusters.argocd.components import LABELS, SYNC, Component, Kind, kind, kinds
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.labels import PART_OF
from compiler.emit.format.kubernetes.objects import file, resource
from compiler.file import File, Origin
from compiler.gateways import DEFINITIONS, Definition
from compiler.graph import Resource
from compiler.model import Cluster

RBAC = "rbac.authorization.k8s.io"
BRING = ("create", "delete", "get", "patch", "update")
REMOVE = ("delete", "get")


def _by_group(definitions: Iterable[Definition]) -> dict[str, tuple[str, ...]]:
    kinds: dict[str, list[str]] = {}
    for definition in definitions:
        kinds.setdefault(definition.group, []).append(definition.kind)
    return {name: tuple(sorted(some)) for name, some in kinds.items()}


REMOVED: Mapping[str, tuple[str, ...]] = {
    "": ("ConfigMap", "PersistentVolumeClaim", "Service", "ServiceAccount"),
    "apps": ("Deployment", "StatefulSet"),
    "autoscaling": ("HorizontalPodAutoscaler",),
    "batch": ("CronJob", "Job"),
    "external-secrets.io": ("ExternalSecret",),
    "networking.k8s.io": ("NetworkPolicy",),
    "policy": ("PodDisruptionBudget",),
    **_by_group(item for item in DEFINITIONS if item.component),
}
"""Every kind that components in one namespace are made of."""
WIDE: Mapping[str, tuple[str, ...]] = {
    "": ("LimitRange", "Namespace", "ResourceQuota", "ServiceAccount"),
    "admissionregistration.k8s.io": (
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
    ),
    "networking.k8s.io": ("NetworkPolicy",),
    "policies.kyverno.io": ("ImageValidatingPolicy",),
    "policy.sigstore.dev": ("ClusterImagePolicy",),
    RBAC: ("ClusterRoleBinding", "Role", "RoleBinding"),
    **_by_group(item for item in DEFINITIONS if item.wide),
}
"""Every kind that namespaces, and what belongs to none, are made of."""
SHARED = ("system:service-account-issuer-discovery",)
"""The ClusterRoles that are bound: Kubernetes' own, for the public keys of tokens."""


def in_namespaces(
    cluster: Resource[Cluster], spaces: Iterable[File], parts: Iterable[Component]
) -> Iterator[File]:
    """The account of each namespace that anything is applied to, beside the namespace."""
    inside: dict[str, list[File]] = {}
    owners: set[str] = set()
    for part in parts:
        inside.setdefault(part.namespaces[0], []).extend(part.files)
        owners.add(part.project.name if part.project else "platform")
    for space in spaces:
        if space.object is None or kind(space) != ("", "Namespace"):
            continue
        if space.object["metadata"]["labels"][PART_OF] in owners:
            name, where = space.object["metadata"]["name"], space.path.rpartition("/")[0]
            rules = [*_rules(kinds(inside.get(name, ())), REMOVED)]
            yield from _bound(where, cluster, SYNC, name, rules, space.origins[0])


def in_cluster(fleet: Fleet, cluster: Resource[Cluster]) -> Iterator[File]:
    """The account for what is not in one namespace; an administrator applies it, once."""
    where, space = f"clusters/{cluster.name}/bootstrap/cluster", fleet.platform.argocd.namespace
    origin = Origin("", fleet.platform_resource, ("argocd",))
    if cluster.spec.argocd is not None:
        home = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": space}}
        yield file(where, cluster, home, origin)
    every = [(group, name) for group, names in WIDE.items() for name in names]
    bind = {"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["bind"]}
    rules: list[Object] = [
        *_rules(every, {}),
        {"apiGroups": [RBAC], "resources": ["roles"], "verbs": ["bind", "escalate"]},
        {**bind, "resourceNames": [*SHARED]},
    ]
    yield from _bound(where, cluster, SYNC, space, rules, origin, scope="Cluster")


def of_root(fleet: Fleet, cluster: Resource[Cluster], name: str) -> Iterator[File]:
    """The account that applies Applications and AppProjects where Argo CD runs."""
    where, space = f"clusters/{cluster.name}/bootstrap/argocd", fleet.platform.argocd.namespace
    rules = [*_rules([("argoproj.io", "AppProject"), ("argoproj.io", "Application")], {})]
    origin = Origin("", fleet.platform_resource, ("argocd",))
    yield from _bound(where, cluster, name, space, rules, origin)


def _bound(
    where: str,
    cluster: Resource[Cluster],
    name: str,
    space: str,
    rules: list[Object],
    origin: Origin,
    scope: str = "",
) -> Iterator[File]:
    """An account, a role and their binding; `scope` is "Cluster" for the whole cluster."""
    inside = {"name": name, "namespace": space, "labels": LABELS}
    own = {"name": name, "labels": LABELS} if scope else inside
    account = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": inside,
        "automountServiceAccountToken": False,
    }
    role = {"apiVersion": f"{RBAC}/v1", "kind": f"{scope}Role", "metadata": own, "rules": rules}
    binding = {
        "apiVersion": f"{RBAC}/v1",
        "kind": f"{scope}RoleBinding",
        "metadata": own,
        "roleRef": {"apiGroup": RBAC, "kind": f"{scope}Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": space}],
    }
    for object in (account, role, binding):
        yield file(where, cluster, object, origin)


def _rules(brought: list[Kind], removed: Mapping[str, tuple[str, ...]]) -> Iterator[Object]:
    """At most two rules for each group: what is applied, and what else may be removed."""
    for group in sorted({*removed, *(group for group, _ in brought)}):
        now = [name for of, name in brought if of == group]
        gone = [name for name in removed.get(group, ()) if name not in now]
        for names, verbs in ((now, BRING), (gone, REMOVE)):
            if names:
                resources = [resource(name) for name in names]
                yield {"apiGroups": [group], "resources": resources, "verbs": [*verbs]}
