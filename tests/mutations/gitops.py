"""Mutations of what Argo CD may bring, and of what it brings."""

from __future__ import annotations

from typing import Any

from tests.mutations.changes import Change, Files, add, drop, find, on, put
from tests.mutations.parts import AA, AS, RBAC

SYNCED, HOME = "synced", "argocd"
SECRETS = {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}


def _project(route: str, value: Any, name: str = "synced.alpha") -> Change:
    return on(SYNCED, "AppProject", name, put(route, value), HOME)


def _application(route: str, value: Any, name: str = "synced.alpha.agent-dev") -> Change:
    return on(SYNCED, "Application", name, put(route, value), HOME)


def _role(route: str, value: Any) -> Change:
    return on(SYNCED, "Role", "argocd-sync", put(route, value), AS)


def _elsewhere(files: Files) -> None:
    path = find(files, SYNCED, "ServiceAccount", "dev", AA)
    files[path.replace("agent-dev", "nowhere")] = files.pop(path)


SYNC: list[tuple[str, Change]] = [
    ("an AppProject dropped", drop(SYNCED, "AppProject", "synced.alpha", HOME)),
    ("every kind", _project("spec.namespaceResourceWhitelist.0", {"group": "*", "kind": "*"})),
    ("one more kind", _project("spec.namespaceResourceWhitelist.+", {"group": "", "kind": "Pod"})),
    ("a kind less", _project("spec.namespaceResourceWhitelist.0", None)),
    (
        "a kind of the cluster",
        _project("spec.clusterResourceWhitelist.+", {"group": "", "kind": "Namespace"}),
    ),
    (
        "a wildcard for namespaces",
        _project("spec.destinations.+", {"name": SYNCED, "namespace": "*"}),
    ),
    ("a namespace less", _project("spec.destinations.0", None)),
    ("every repository", _project("spec.sourceRepos", ["*"])),
    ("one more repository", _project("spec.sourceRepos.+", "https://example.com/other.git")),
    (
        "an agent's account",
        _project("spec.destinationServiceAccounts.0.defaultServiceAccount", "dev"),
    ),
    (
        "an account of another namespace",
        _project("spec.destinationServiceAccounts.0.defaultServiceAccount", "kube-system:default"),
    ),
    ("no account", _project("spec.destinationServiceAccounts.0", None)),
    ("an Application dropped", drop(SYNCED, "Application", "synced.alpha.agent-dev", HOME)),
    ("another's AppProject", _application("spec.project", "synced.beta")),
    ("the default AppProject", _application("spec.project", "default")),
    ("a cluster by URL", _application("spec.destination.server", "https://example.com")),
    ("another folder", _application("spec.source.path", "generated/clusters/synced/projects")),
    (
        "namespaces that are not read",
        _application("spec.source.directory.recurse", False, "synced.namespaces"),
    ),
    ("a right more", _role("rules.+", SECRETS)),
    ("a kind more to bring", _role("rules.0.resources.+", "pods")),
    ("a kind more to remove", _role("rules.1.resources.+", "secrets")),
    ("every verb", _role("rules.0.verbs", ["*"])),
    ("a verb less", _role("rules.0.verbs.0", None)),
    (
        "an agent that may sync",
        on(SYNCED, "RoleBinding", "argocd-sync", put("subjects.0.name", "dev"), AA),
    ),
    (
        "an agent that may do what syncs of the cluster do",
        on(
            SYNCED,
            "ClusterRoleBinding",
            "argocd-sync",
            put("subjects.+", {"kind": "ServiceAccount", "name": "dev", "namespace": AA}),
        ),
    ),
    (
        "any role of the cluster for any account",
        on(SYNCED, "ClusterRole", "argocd-sync", put("rules.9.resourceNames", None)),
    ),
    (
        "one more kind for the whole cluster",
        on(SYNCED, "ClusterRole", "argocd-sync", put("rules.0.resources.+", "secrets")),
    ),
    (
        "escalation of roles of the cluster",
        on(
            SYNCED,
            "ClusterRole",
            "argocd-sync",
            put(
                "rules.+",
                {"apiGroups": [RBAC], "resources": ["clusterroles"], "verbs": ["escalate"]},
            ),
        ),
    ),
    ("an object that no Application brings", _elsewhere),
    (
        "one more object",
        add(
            SYNCED,
            apiVersion="v1",
            kind="Pod",
            metadata={"name": "more", "namespace": AA},
            spec={"containers": [{"name": "main", "image": "example.com/more:1"}]},
        ),
    ),
]
