"""The BOMs: of one agent, of one model, and of the whole fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.emit.cards import components
from compiler.emit.cards.bom import Part, bom, supplier
from compiler.emit.cards.declarations import declared
from compiler.emit.cards.facts import delegates, granted, runs_on, systems, used
from compiler.emit.cards.services import service
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer, Spec
from compiler.source import Route

FLEET = "cards/fleet.cdx.json"
Places = Mapping[str, tuple[Resource[Spec], Route]]
"""The spec, and the field in it, that each part of a BOM comes from, by its `bom-ref`."""


def agent_bom(fleet: Fleet, places: Places, agent: Resource[Agent]) -> File:
    """`cards/<agent>.cdx.json`: an agent's parts, what it calls, and what its systems answer."""
    model = fleet.graph.get(LanguageModel, agent.spec.model)
    servers, members = used(fleet, agent), systems(fleet, agent)
    tools = {(grant.call.server, grant.call.tool) for grant in granted(fleet, agent)}
    others = [
        components.other(delegate, f"{delegate.name}.cdx.json")
        for delegate in delegates(fleet, agent)
    ]
    whole = bom(
        fleet.platform,
        components.agent(fleet, agent),
        components=[
            components.model(fleet, model, [agent]),
            *_own(fleet, agent),
            *_all(servers),
            *others,
        ],
        services=[
            service(fleet, server, {tool for name, tool in tools if name == server.name})
            for server in servers
        ],
        dependencies=_dependencies(fleet, [agent], servers),
        declared=declared(fleet, members),
    )
    return File(
        f"cards/{agent.name}.cdx.json", whole.text, _origins(places, whole.content, agent, members)
    )


def model_bom(fleet: Fleet, places: Places, model: Resource[LanguageModel]) -> File:
    """`cards/models/<model>.cdx.json`: user model, and the agents that run on it."""
    users = runs_on(fleet, model)
    whole = bom(
        fleet.platform,
        components.model(fleet, model, users),
        components=[components.other(user, f"../{user.name}.cdx.json") for user in users],
        dependencies={f"agent:{user.name}": [f"model:{model.name}"] for user in users},
    )
    path = f"cards/models/{model.name}.cdx.json"
    return File(path, whole.text, _origins(places, whole.content, model, ()))


def fleet_bom(fleet: Fleet, places: Places) -> File:
    """`cards/fleet.cdx.json`: every agent, model, server, tool, prompt, package and image."""
    agents, servers = fleet.graph.all(Agent), fleet.graph.all(MCPServer)
    models = [components.model(fleet, m, runs_on(fleet, m)) for m in fleet.graph.all(LanguageModel)]
    subject: Part = {
        "type": "application",
        "bom-ref": "fleet",
        "name": fleet.platform.organisation,
        "supplier": supplier(fleet.platform),
    }
    every = [
        part for agent in agents for part in (components.agent(fleet, agent), *_own(fleet, agent))
    ]
    whole = bom(
        fleet.platform,
        subject,
        components=[*every, *models, *_all(servers)],
        services=[service(fleet, server) for server in servers],
        dependencies={
            **_dependencies(fleet, agents, servers),
            "fleet": [f"agent:{agent.name}" for agent in agents],
        },
        declared=declared(fleet, fleet.systems),
    )
    origins = _origins(places, whole.content, fleet.platform_resource, fleet.systems)
    return File(FLEET, whole.text, origins)


def _own(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Part]:
    yield from components.prompts(fleet, agent)
    yield from components.image(agent)


def _all(servers: Iterable[Resource[MCPServer]]) -> Iterator[Part]:
    for server in servers:
        yield from components.package(server)
        yield from components.image(server)


def _dependencies(
    fleet: Fleet, agents: Iterable[Resource[Agent]], servers: Iterable[Resource[MCPServer]]
) -> Mapping[str, list[str]]:
    """What agents and servers need."""
    needs = {f"server:{server.name}": [p["bom-ref"] for p in _all([server])] for server in servers}
    for agent in agents:
        needs[f"agent:{agent.name}"] = [
            f"model:{agent.spec.model}",
            *(part["bom-ref"] for part in _own(fleet, agent)),
            *(f"server:{server.name}" for server in used(fleet, agent)),
            *(f"agent:{other.name}" for other in delegates(fleet, agent)),
        ]
    return needs


def _origins(
    places: Places, content: Part, about: Resource[Spec], related: Iterable[System]
) -> tuple[Origin, ...]:
    """The BOM's own spec, the place of each part, and the records behind what is declared."""
    parts = (
        (f"{field}.{index}", places[part["bom-ref"]])
        for field in ("components", "services")
        for index, part in enumerate(content.get(field, ()))
    )
    records = (system.record or system.project for system in related)
    return (
        Origin("", about),
        *(Origin(field, spec, route) for field, (spec, route) in parts),
        *(Origin("declarations", record) for record in records),
    )


def places(fleet: Fleet) -> Places:
    """The spec, and the field in it, that each part comes from; of equal images the first."""
    origins: dict[str, tuple[Resource[Spec], Route]] = {}
    for agent in fleet.graph.all(Agent):
        origins[f"agent:{agent.name}"] = agent, ()
        origins[f"prompt:{agent.name}"] = origins[f"schema:{agent.name}"] = agent, ("prompt",)
        origins.setdefault(f"image:{agent.spec.image}", (agent, ("image",)))
    for server in fleet.graph.all(MCPServer):
        origins[f"server:{server.name}"] = server, ()
        origins[f"package:{server.name}"] = server, ("package",)
        origins.setdefault(f"image:{server.spec.image}", (server, ("image",)))
    models = fleet.graph.all(LanguageModel)
    return origins | {f"model:{model.name}": (model, ()) for model in models}
