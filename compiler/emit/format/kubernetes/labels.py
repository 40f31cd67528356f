"""The labels of objects: what belongs to a project, and by which pods are selected."""

from __future__ import annotations

from typing import Literal

from compiler.derive.fleet import AgentDeployment, Fleet, ServerDeployment

Workload = AgentDeployment | ServerDeployment

_APP = "app.kubernetes.io"
PART_OF = f"{_APP}/part-of"
MANAGED = {f"{_APP}/managed-by": "roster"}
PLATFORM = "platform"
"""What objects are part of that belong to no project."""


def of_project(fleet: Fleet, project: str = PLATFORM) -> dict[str, str]:
    """The labels of whatever belongs to a project, or to the platform."""
    return {PART_OF: project, **MANAGED, f"{fleet.platform.labelDomain}/project": project}


def selector(name: str, component: str) -> dict[str, str]:
    """The labels that select pods. They are immutable, so nothing that changes belongs here."""
    return {f"{_APP}/name": name, f"{_APP}/component": component}


def component(workload: Workload) -> Literal["agent", "mcp-server"]:
    """The part that a workload has in the architecture."""
    return "agent" if isinstance(workload, AgentDeployment) else "mcp-server"


def pods_of(workload: Workload) -> dict[str, str]:
    """The labels that select the pods of a workload."""
    return selector(workload.name, component(workload))


def of_workload(fleet: Fleet, workload: Workload) -> dict[str, str]:
    """The labels of every object of a workload."""
    project = workload.project.name if workload.project else PLATFORM
    return {**pods_of(workload), **of_project(fleet, project)}
