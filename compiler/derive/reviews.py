"""Who reviews changes of each file, and how many reviewers are required."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from compiler import tool_lock
from compiler.derive.owners import owners
from compiler.graph import Graph, Resource, ResourceId
from compiler.model import (
    Agent,
    AISystem,
    MCPServer,
    Owners,
    Platform,
    Project,
    RiskTier,
    Spec,
    Workflow,
)

EVERYTHING = "*"
_FOLDERS = ("generated/compliance/", "policies/", "specs/evidence/")


class Review(NamedTuple):
    """A file, or a folder with a slash at the end, and who reviews its changes.

    `least`: how many people must review, by the highest tier of what the file is about.
    """

    path: str
    owners: tuple[str, ...]  # handles of the owners
    compliance: tuple[str, ...]  # handles of the compliance team
    least: int
    about: tuple[Resource[Spec], ...]

    @property
    def handles(self) -> tuple[str, ...]:
        """All handles, each once."""
        return tuple(dict.fromkeys((*self.owners, *self.compliance)))


def reviews(graph: Graph) -> tuple[Review, ...]:
    """Everything first, then folders, then files: the last one that matches a path counts.

    Empty if the organisation lists no owners.
    """
    if not graph.all(Owners):
        return ()
    needs = _needs(graph)
    files: dict[str, list[Resource[Spec]]] = {}
    for path, resource in _files(graph):
        files.setdefault(path, []).append(resource)
    return (
        *_folders(graph, needs),
        *(_review(graph, needs, path, files[path]) for path in sorted(files)),
    )


def _files(graph: Graph) -> Iterator[tuple[str, Resource[Spec]]]:
    """Every file, with the resources that it holds or that name it."""
    for resource in graph.resources.values():
        yield resource.document.source.path, resource
    for agent in graph.all(Agent):
        prompt = agent.spec.prompt
        for name in (prompt.file, prompt.inputSchema):
            if name is not None and f"specs/prompts/{name}" in graph.texts:
                yield f"specs/prompts/{name}", agent
    for server in graph.all(MCPServer):
        if tool_lock.path(server.name) in graph.texts:
            yield tool_lock.path(server.name), server


def _folders(graph: Graph, needs: Mapping[ResourceId, int]) -> Iterator[Review]:
    """Files without another owner belong to the platform; each project has a folder."""
    platform = graph.all(Platform)[0]
    own = _handles(graph, owners_of(graph, platform))
    yield Review(EVERYTHING, own or _compliance(graph), (), 1, (platform,))
    for folder in _FOLDERS:
        yield Review(folder, (), _compliance(graph), 1, graph.all(Owners))
    for project in graph.all(Project):
        yield _review(graph, needs, f"projects/{project.name}/", [project])


def _review(
    graph: Graph, needs: Mapping[ResourceId, int], path: str, resources: Sequence[Resource[Spec]]
) -> Review:
    watched = path.startswith("policies/") or any(resource.id in needs for resource in resources)
    least = max(needs.get(resource.id, 1) for resource in resources)
    own = _handles(graph, [owner for resource in resources for owner in owners_of(graph, resource)])
    return Review(path, own, _compliance(graph) if watched else (), least, tuple(resources))


def owners_of(graph: Graph, resource: Resource[Spec]) -> Iterator[str]:
    """The owners of a resource; a workflow or record has its project's owner too."""
    spec = resource.spec
    whole = [graph.get(Project, spec.project)] if isinstance(spec, Workflow | AISystem) else []
    yield from (r.owner for r in [*whole, resource] if r.owner is not None)


def _handles(graph: Graph, names: Iterable[str]) -> tuple[str, ...]:
    listed = owners(graph)
    reviewers = (listed[name].reviewers for name in names if name in listed)
    return tuple(dict.fromkeys(handle for handles in reviewers for handle in handles))


def _compliance(graph: Graph) -> tuple[str, ...]:
    return _handles(graph, [listed.spec.compliance for listed in graph.all(Owners)[:1]])


def _needs(graph: Graph) -> Mapping[ResourceId, int]:
    """How many review an agent, by its tier; and what it works in and with, by the highest tier."""
    agents = {
        agent.name: graph.get(RiskTier, agent.spec.riskTier).spec.reviewers
        for agent in graph.all(Agent)
    }
    teams = {
        project.name: max(agents[str(entry.agent)] for entry in project.spec.agents)
        for project in graph.all(Project)
    }
    needs = {agent.id: agents[agent.name] for agent in graph.all(Agent)}
    needs |= {project.id: teams[project.name] for project in graph.all(Project)}
    needs |= {flow.id: teams[str(flow.spec.project)] for flow in graph.all(Workflow)}
    needs |= {record.id: teams[str(record.spec.project)] for record in graph.all(AISystem)}
    used = {
        server.id: [needs[user] for user in graph.users[server.id] if user.kind == Agent.KIND]
        for server in graph.all(MCPServer)
    }
    return needs | {id: max(least) for id, least in used.items() if least}
