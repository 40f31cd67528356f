"""Who reviews a change of which file, and how many of them there must be."""

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

    `least`: how many people, as the gravest tier wants that it is about.
    """

    path: str
    owners: tuple[str, ...]  # handles of those whose it is
    compliance: tuple[str, ...]  # handles of those who watch over it
    least: int
    about: tuple[Resource[Spec], ...]

    @property
    def handles(self) -> tuple[str, ...]:
        """All of them, once each."""
        return tuple(dict.fromkeys((*self.owners, *self.compliance)))


def reviews(graph: Graph) -> tuple[Review, ...]:
    """Everything first, then folders, then files: the last that fits a path is the one that counts.

    Nothing where the organisation lists no owners.
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
    """Every file, with the resources that stand in it or say that it is theirs."""
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
    """All that nobody else owns is the platform's; each project has its folder."""
    platform = graph.all(Platform)[0]
    own = _handles(graph, whose(graph, platform))
    yield Review(EVERYTHING, own or _watch(graph), (), 1, (platform,))
    for folder in _FOLDERS:
        yield Review(folder, (), _watch(graph), 1, graph.all(Owners))
    for project in graph.all(Project):
        yield _review(graph, needs, f"projects/{project.name}/", [project])


def _review(
    graph: Graph, needs: Mapping[ResourceId, int], path: str, found: Sequence[Resource[Spec]]
) -> Review:
    watched = path.startswith("policies/") or any(resource.id in needs for resource in found)
    least = max(needs.get(resource.id, 1) for resource in found)
    own = _handles(graph, [owner for resource in found for owner in whose(graph, resource)])
    return Review(path, own, _watch(graph) if watched else (), least, tuple(found))


def whose(graph: Graph, resource: Resource[Spec]) -> Iterator[str]:
    """Whose a resource is: its owner's, and of a project's own also the project's."""
    spec = resource.spec
    whole = [graph.get(Project, spec.project)] if isinstance(spec, Workflow | AISystem) else []
    yield from (one.owner for one in [*whole, resource] if one.owner is not None)


def _handles(graph: Graph, names: Iterable[str]) -> tuple[str, ...]:
    known = owners(graph)
    found = [known[name].reviewers for name in names if name in known]
    return tuple(dict.fromkeys(handle for handles in found for handle in handles))


def _watch(graph: Graph) -> tuple[str, ...]:
    return _handles(graph, [one.spec.compliance for one in graph.all(Owners)[:1]])


def _needs(graph: Graph) -> Mapping[ResourceId, int]:
    """How many review an agent, as its tier says; and what it works in and with, as the gravest."""
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
    return needs | {id: max(found) for id, found in used.items() if found}
