"""What all Kubernetes objects share: names, labels, paths."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from compiler.derive.fleet import AgentDeployment, Fleet, ServerDeployment
from compiler.emit.file import File, Origin
from compiler.emit.yaml import dump
from compiler.graph import Resource
from compiler.model import Cluster

Object = dict[str, Any]
Workload = AgentDeployment | ServerDeployment

_GROUPLESS = {"v1"}


def file(folder: str, cluster: Resource[Cluster], object: Object, *origins: Origin) -> File:
    """One object in its file: `<folder>/<kind>[.<group>]-<name>.yaml`."""
    kind, version = object["kind"].lower(), object["apiVersion"]
    group = "" if version in _GROUPLESS else f".{version.partition('/')[0]}"
    path = f"{folder}/{kind}{group}-{object['metadata']['name']}.yaml"
    return File(path, dump(object), origins, object, cluster.spec.kubernetes)


def custom(version: str, kind: str, own: Object, spec: Mapping[str, Any]) -> Object:
    """An object that consists of metadata and what is wanted."""
    return {"apiVersion": version, "kind": kind, "metadata": own, "spec": dict(spec)}


def folder(workload: Workload) -> str:
    """Where the objects of a workload lie."""
    root = f"clusters/{workload.cluster.name}"
    part = component(workload)
    if workload.project is None:
        return f"{root}/platform/{part}-{workload.name}"
    return f"{root}/projects/{workload.project.name}/{part}-{workload.name}"


def component(workload: Workload) -> Literal["agent", "mcp-server"]:
    """Its part in the architecture."""
    return "agent" if isinstance(workload, AgentDeployment) else "mcp-server"


def model_secret(agent: AgentDeployment) -> str:
    """The Secret with the credential of an agent's model; kagent needs the agent's name itself."""
    return f"{agent.name}-model" if agent.kagent else agent.name


def selector(name: str, part: str) -> dict[str, str]:
    """The labels by which pods are found. They are immutable: nothing that changes belongs here."""
    return {"app.kubernetes.io/name": name, "app.kubernetes.io/component": part}


def labels(fleet: Fleet, workload: Workload) -> dict[str, str]:
    """The labels of every object of a workload."""
    project = workload.project.name if workload.project else "platform"
    return {
        **selector(workload.name, component(workload)),
        "app.kubernetes.io/part-of": project,
        "app.kubernetes.io/managed-by": "roster",
        f"{fleet.platform.labelDomain}/project": project,
    }


def metadata(fleet: Fleet, workload: Workload, annotations: Mapping[str, str] = {}) -> Object:
    """Name, namespace and labels of an object of a workload."""
    found: Object = {
        "name": workload.name,
        "namespace": workload.namespace,
        "labels": labels(fleet, workload),
    }
    return {**found, "annotations": dict(annotations)} if annotations else found
