"""The local stack: PM2's ecosystem files, for the platform's processes and for each project.

Beside each lies `stack.json` with what PM2 does not know (ports, health, secrets, programs that
must be installed), and what each program reads: a server's bridge which callers it admits, an agent
what it may do.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet, stack
from compiler.emit.pm2 import agents, apps, ecosystem, servers
from compiler.emit.pm2.apps import App
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Project

FOLDERS: tuple[str, ...] = ("pm2",)


def emit(fleet: Fleet) -> Iterator[File]:
    """Every file below `pm2/`."""
    platform = fleet.platform_resource
    environments = stack.environments(fleet)
    processes = [apps.process(process, environments) for process in platform.spec.processes]
    if processes:
        origins = [Origin(f"apps.{i}", platform, ("processes", i)) for i in range(len(processes))]
        whole = Origin("", platform, ("processes",))
        identities = ["operator", *(f"platform.{app.name}" for app in processes)]
        yield from ecosystem.files("platform", processes, identities, (whole, *origins))
    for project in fleet.graph.all(Project):
        yield from _project(fleet, project, environments)


def _project(
    fleet: Fleet, project: Resource[Project], environments: tuple[str, ...]
) -> Iterator[File]:
    team, running = fleet.local[project.name].agents, fleet.local[project.name].servers
    local: list[App] = [
        *(apps.agent(fleet, project, agent, environments) for agent in team),
        *(apps.server(project, server, environments) for server in running),
    ]
    routes = [
        *(("agents", agent.entry) for agent in team),
        *(("servers", server.entry) for server in running),
    ]
    origins = [Origin(f"apps.{i}", project, route) for i, route in enumerate(routes)]
    identities = [agent.identity for agent in team]
    needs = ("platform",) if fleet.platform.processes else ()
    whole = (Origin("", project), *origins)
    yield from ecosystem.files(project.name, local, identities, whole, needs)
    yield from (agents.file(fleet, project, agent) for agent in team)
    yield from (servers.file(project, server) for server in running)
