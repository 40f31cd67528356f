"""Kubernetes RBAC: people by their groups, and the few programs that call the API themselves.

Every rule names its resources: no wildcard, no `bind`, `escalate` or `impersonate`, no secrets,
and nothing outside of the project's two namespaces. What is not in a Role is forbidden (Kubernetes,
Using RBAC Authorization).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from compiler.derive import Fleet
from compiler.derive.fleet import AgentDeployment, ServerDeployment
from compiler.derive.namespaces import of_project
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import labels
from compiler.emit.format.kubernetes.objects import file
from compiler.emit.format.kubernetes.proxies import grant_origins
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import ApiRule, Cluster, Project

FOLDERS: tuple[str, ...] = ("clusters",)
_GROUP = "rbac.authorization.k8s.io"
_LOOK, _CHANGE = ("get", "list", "watch"), ("patch", "update")
RoleRules = tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]
"""API group, resources and verbs."""

_VIEWER: RoleRules = (
    ("", ("configmaps", "endpoints", "events", "pods", "resourcequotas", "services"), _LOOK),
    ("", ("pods/log",), ("get",)),
    ("apps", ("deployments", "replicasets", "statefulsets"), _LOOK),
    ("autoscaling", ("horizontalpodautoscalers",), _LOOK),
    ("networking.k8s.io", ("networkpolicies",), _LOOK),
    ("policy", ("poddisruptionbudgets",), _LOOK),
)
# A right to change workloads, or the ConfigMap of a proxy, is a right to run any code as any
# account of the namespace. So people may delete pods to restart them, and scale; the rest goes
# through git.
_OPERATOR: RoleRules = (
    *_VIEWER,
    ("", ("pods",), ("delete",)),
    ("apps", ("deployments/scale", "statefulsets/scale"), ("get", *_CHANGE)),
)
_MAINTAINER: RoleRules = (
    *_OPERATOR,
    ("autoscaling", ("horizontalpodautoscalers",), _CHANGE),
)
ROLES: Mapping[str, RoleRules] = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "maintainer": _MAINTAINER,
}
"""What each role of people may do; objects are created and removed through git alone."""


def emit(fleet: Fleet) -> Iterator[File]:
    """Roles and bindings of people, servers and agents, and of gateways that read public keys."""
    for project in fleet.graph.all(Project):
        for cluster in project.spec.clusters:
            yield from _people(fleet, project, fleet.graph.get(Cluster, cluster))
    for server in fleet.servers:
        yield from _server(fleet, server)
    for agent in fleet.agents:
        if agent.rights:
            yield from _agent(fleet, agent)
    yield from _keys(fleet)


def _people(fleet: Fleet, project: Resource[Project], cluster: Resource[Cluster]) -> Iterator[File]:
    groups: dict[str, list[int]] = {}
    for index, people in enumerate(project.spec.people):
        groups.setdefault(people.role, []).append(index)
    for role, members in sorted(groups.items()):
        names = [project.spec.people[index].group for index in members]
        subjects = [{"apiGroup": _GROUP, "kind": "Group", "name": name} for name in sorted(names)]
        rules = [_rule(*parts) for parts in ROLES[role]]
        origins = [Origin("subjects", project, ("people", index)) for index in members]
        for space in of_project(fleet.platform, project.name):
            own = _meta(fleet, project.name, space, role)
            yield from _bound(cluster, own, rules, subjects, Origin("", project), *origins)


def _server(fleet: Fleet, server: ServerDeployment) -> Iterator[File]:
    """What the granted tools of a server need, in the namespaces of the project that has them."""
    account = {"kind": "ServiceAccount", "name": server.name, "namespace": server.namespace}
    grants = grant_origins(fleet, server, "rules")
    for project, rights in server.rights.items():
        for space in of_project(fleet.platform, project) if rights else ():
            own = _meta(fleet, project, space, f"mcp-server-{server.name}")
            rules = _merged(rights)
            this = Origin("", server.server)
            yield from _bound(server.cluster, own, rules, [account], this, *grants)


def _agent(fleet: Fleet, agent: AgentDeployment) -> Iterator[File]:
    account = {"kind": "ServiceAccount", "name": agent.name, "namespace": agent.namespace}
    this = Origin("", agent.agent, ("kubernetes",))
    for space in of_project(fleet.platform, agent.project.name):
        own = _meta(fleet, agent.project.name, space, f"agent-{agent.name}")
        rules = _merged(agent.rights)
        yield from _bound(agent.cluster, own, rules, [account], this)


def _keys(fleet: Fleet) -> Iterator[File]:
    """Gateways fetch the public keys of tokens without an account of their own."""
    role = "system:service-account-issuer-discovery"
    subject = {"apiGroup": _GROUP, "kind": "Group", "name": "system:unauthenticated"}
    by_cluster = {p.cluster.name: p for p in fleet.proxies if p.gateway.reads_keys}
    for proxy in by_cluster.values():
        object: Object = {
            "apiVersion": f"{_GROUP}/v1",
            "kind": "ClusterRoleBinding",
            "metadata": {"name": "tool-gateway-issuer-discovery", "labels": labels.MANAGED},
            "roleRef": {"apiGroup": _GROUP, "kind": "ClusterRole", "name": role},
            "subjects": [subject],
        }
        folder = f"clusters/{proxy.cluster.name}/platform/issuer-keys"
        origin = Origin("", fleet.platform_resource, ("layers",))
        yield file(folder, proxy.cluster, object, origin)


def _merged(rights: Iterable[ApiRule]) -> list[Object]:
    """Rights as rules: one for each resource, sorted."""
    verbs: dict[tuple[str, str], set[str]] = {}
    for right in rights:
        for resource in right.resources:
            verbs.setdefault((right.group, resource), set()).update(right.verbs)
    return [
        _rule(group, (resource,), tuple(sorted(some)))
        for (group, resource), some in sorted(verbs.items())
    ]


def _rule(group: str, resources: tuple[str, ...], verbs: tuple[str, ...]) -> Object:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}


def _meta(fleet: Fleet, project: str, space: str, name: str) -> Object:
    return {"name": name, "namespace": space, "labels": labels.of_project(fleet, project)}


def _bound(
    cluster: Resource[Cluster],
    own: Object,
    rules: list[Object],
    subjects: list[Any],
    *origins: Origin,
) -> Iterator[File]:
    """A Role and its binding, in the folder of namespaces, which no project's application syncs."""
    where = f"clusters/{cluster.name}/namespaces/{own['namespace']}"
    version = f"{_GROUP}/v1"
    role = {"apiVersion": version, "kind": "Role", "metadata": own, "rules": rules}
    binding = {
        "apiVersion": version,
        "kind": "RoleBinding",
        "metadata": own,
        "roleRef": {"apiGroup": _GROUP, "kind": "Role", "name": own["name"]},
        "subjects": subjects,
    }
    for object in (role, binding):
        yield file(where, cluster, object, *origins)
