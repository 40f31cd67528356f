"""The files that specs name: prompts and JSON Schemas, below the folder of their kind."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.graph import Graph, Resource
from compiler.model import Agent, AISystem, ContextSpace, Project, Spec
from compiler.source import Route

PROMPTS, CONTEXT = "specs/prompts", "specs/context"
Named = tuple[Resource[Spec], Route, str, str]


def named(graph: Graph) -> Iterator[Named]:
    """Every file that is named: the resource and field that name it, its folder and its name."""
    for agent in graph.all(Agent):
        yield agent, ("prompt", "file"), PROMPTS, agent.spec.prompt.file
    for project in graph.all(Project):
        for index, name in enumerate(project.spec.clientConfigs):
            yield project, ("clientConfigs", index), f"projects/{project.name}", name
    for record in graph.all(AISystem):
        if record.spec.userInterface is not None:
            folder = f"projects/{record.spec.project}"
            yield record, ("userInterface",), folder, record.spec.userInterface
    yield from schemas(graph)


def schemas(graph: Graph) -> Iterator[Named]:
    """The named files that are JSON Schemas."""
    for agent in graph.all(Agent):
        if agent.spec.prompt.inputSchema is not None:
            yield agent, ("prompt", "inputSchema"), PROMPTS, agent.spec.prompt.inputSchema
    for space in graph.all(ContextSpace):
        if space.spec.schemaFile is not None:
            yield space, ("schemaFile",), CONTEXT, space.spec.schemaFile
