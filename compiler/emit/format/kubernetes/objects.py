"""What all Kubernetes objects share: names, paths, and annotations for Argo CD."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

from compiler.derive.fleet import AgentDeployment, Fleet
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes.labels import Workload, component, of_workload
from compiler.emit.format.yaml import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster

_ARGO = "argocd.argoproj.io"
_WAVES: Mapping[str, int] = {
    "ExternalSecret": -5,
    "AgentgatewayParameters": -2,
    "AuthorizationPolicy": -2,
    "MCPAuthzConfig": -2,
    "MCPGroup": -2,
    "MCPOIDCConfig": -2,
    "ModelConfig": -2,
    "PeerAuthentication": -2,
    "RemoteMCPServer": -2,
    "XAccessPolicy": -2,
    "AgentgatewayBackend": -1,
    "AgentgatewayPolicy": -1,
    "MCPServerEntry": -1,
    "HTTPRoute": 1,
    "MCPRoute": 1,
}
"""When Argo CD applies custom resources, which otherwise come last: secrets before the pods that
need them, policies before what they protect, routes once their backends are healthy."""
_CONFIRMED = frozenset(["Application", "Namespace", "PersistentVolumeClaim", "StatefulSet"])
"""What a commit alone must not delete: a person confirms that Argo CD removes it."""


def file(folder: str, cluster: Resource[Cluster], object: Object, *origins: Origin) -> File:
    """One object in its file: `<folder>/<kind>[.<group>]-<name>.yaml`."""
    own = group(object["apiVersion"])
    kind = f"{object['kind'].lower()}{'.' if own else ''}{own}"
    path = f"{folder}/{kind}-{object['metadata']['name']}.yaml"
    if notes := _notes(object["kind"]):
        object = _noted(object, notes)
    return File(path, dump(object), origins, object, cluster.spec.kubernetes)


@cache
def _notes(kind: str) -> Mapping[str, str]:
    """The annotations for Argo CD on every object of a kind."""
    wave = {f"{_ARGO}/sync-wave": str(_WAVES[kind])} if kind in _WAVES else {}
    confirmed = {f"{_ARGO}/sync-options": "Prune=confirm,Delete=confirm"}
    return {**wave, **(confirmed if kind in _CONFIRMED else {})}


def _noted(object: Object, notes: Mapping[str, str]) -> Object:
    meta = object["metadata"]
    return {**object, "metadata": {**meta, "annotations": {**meta.get("annotations", {}), **notes}}}


def group(version: str) -> str:
    """The API group in an apiVersion; "" for the core group."""
    return version.rpartition("/")[0]


def resource(kind: str) -> str:
    """The name of a kind in URLs and RBAC: `networkpolicies`."""
    name = kind.lower()
    if name.endswith("parameters"):  # agentgateway's is one of its own
        return name
    if name.endswith("y") and name[-2] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "ch")) else f"{name}s"


def shortened(name: str, most: int = 63) -> str:
    """A name, or as much of it as fits with a digest of it all."""
    if len(name) <= most:
        return name
    return f"{name[: most - 13].rstrip('.-')}-{sha256(name.encode()).hexdigest()[:12]}"


def custom(version: str, kind: str, own: Object, spec: Mapping[str, Any]) -> Object:
    """An object that consists of metadata and a spec."""
    return {"apiVersion": version, "kind": kind, "metadata": own, "spec": dict(spec)}


def folder(workload: Workload) -> str:
    """Where the objects of a workload lie."""
    root = f"clusters/{workload.cluster.name}"
    part = component(workload)
    if workload.project is None:
        return f"{root}/platform/{part}-{workload.name}"
    return f"{root}/projects/{workload.project.name}/{part}-{workload.name}"


def model_secret(agent: AgentDeployment) -> str:
    """The Secret with the credential of an agent's model; kagent needs the agent's name itself."""
    return f"{agent.name}-model" if agent.kagent else agent.name


def metadata(fleet: Fleet, workload: Workload, annotations: Mapping[str, str] = {}) -> Object:
    """Name, namespace and labels of an object of a workload."""
    whole: Object = {
        "name": workload.name,
        "namespace": workload.namespace,
        "labels": of_workload(fleet, workload),
    }
    return {**whole, "annotations": dict(annotations)} if annotations else whole
