"""The names of namespaces: those of the platform, and the two that each project has."""

from __future__ import annotations

from typing import NamedTuple

from compiler.model import Platform


class Namespaces(NamedTuple):
    """The namespaces of a project in each of its clusters."""

    agents: str
    servers: str


def of_project(platform: Platform, project: str) -> Namespaces:
    """The namespaces of a project, by its name."""
    names = platform.namespaces
    return Namespaces(f"{project}-{names.agents}", f"{project}-{names.servers}")


def of_platform(platform: Platform) -> tuple[str, ...]:
    """The namespaces that every cluster has, sorted."""
    names = platform.namespaces
    return tuple(sorted({names.servers, names.agents, names.infrastructure, names.workflows}))
