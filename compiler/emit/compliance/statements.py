"""What a repository shows of a project, topic by topic of the crosswalk, and how it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from compiler.ai_act.evidence import measured
from compiler.ai_act.systems import System
from compiler.derive.fleet import Fleet
from compiler.derive.images import guarded
from compiler.derive.retention import in_loki, in_store, streams
from compiler.derive.reviews import reviews
from compiler.graph import Resource
from compiler.model import Agent, Cluster, LanguageModel, Project, Spec
from compiler.source import Route

State = Literal["shown", "declared", "open"]
"""It follows from what is emitted or measured; somebody says so in a spec; nobody says so."""


class Place(NamedTuple):
    """A place in a spec, or a generated file below generated/ where there is a path."""

    resource: Resource[Spec]
    route: Route = ()
    path: str = ""


class Statement(NamedTuple):
    """One thing about a topic."""

    topic: str
    state: State
    text: str
    places: tuple[Place, ...]


class _Subject(NamedTuple):
    """What is asked about: a project, its team, and its system where it has one."""

    fleet: Fleet
    project: Resource[Project]
    team: tuple[Resource[Agent], ...]
    system: System | None


def statements(fleet: Fleet, project: Resource[Project]) -> tuple[Statement, ...]:
    """Everything that can be said of a project, in the order of the topics."""
    names = sorted({str(entry.agent) for entry in project.spec.agents})
    team = tuple(fleet.graph.get(Agent, name) for name in names)
    system = next((one for one in fleet.systems if one.project.name == project.name), None)
    subject = _Subject(fleet, project, team, system)
    return tuple(said for topic in _TOPICS for said in topic(subject))


def _roles(given: _Subject) -> Iterator[Statement]:
    yield _all(
        given,
        "inventory and roles",
        "shown",
        "each agent has an owner",
        lambda agent: agent.owner is not None,
    )
    yield _recorded(given, "inventory and roles", "the organisation's role", "role")


def _purpose(given: _Subject) -> Iterator[Statement]:
    topic = "purpose and classification"
    text = "each agent answers what decides on its class"
    yield _all(given, topic, "declared", text, lambda a: a.spec.compliance is not None)
    yield _recorded(given, topic, "the intended purpose", "intendedPurpose")


def _risk(given: _Subject) -> Iterator[Statement]:
    text = "each agent's card names risks and what is done about them"
    yield _all(given, "risk and impact", "declared", text, lambda a: bool(a.spec.card.risks))
    yield _recorded(given, "risk and impact", "the risk file", "risks")


def _data(given: _Subject) -> Iterator[Statement]:
    text = "each agent answers whether it takes data of persons"
    yield _all(given, "data", "declared", text, lambda agent: agent.spec.compliance is not None)
    yield _recorded(given, "data", "the data that it was tested with", "data")


def _papers(given: _Subject) -> Iterator[Statement]:
    text = "each agent's prompt is a file with a version"
    places = tuple(Place(agent, ("prompt", "version")) for agent in given.team)
    yield Statement("technical documentation", "shown", text, places)
    text = "each agent's card names its limits"
    topic = "technical documentation"
    yield _all(given, topic, "declared", text, lambda a: bool(a.spec.card.limitations))


def _logs(given: _Subject) -> Iterator[Statement]:
    fleet, own = given.fleet, given.project
    mine = [s for s in streams(fleet.graph) if s.project.name == own.name]
    short = [s for s in mine if max(in_loki(fleet, s), in_store(fleet, s)) < s.days]
    table = Place(own, ("agents",), "compliance/audit/audit.md")
    if short:
        text = f"nothing here keeps logs as long as demanded: {_names(s.agent for s in short)}"
        yield Statement("logs", "open", text, tuple(Place(s.agent, ("riskTier",)) for s in short))
    else:
        yield Statement("logs", "shown", "logs are kept as long as each tier demands", (table,))
    audited = [s for s in mine if in_store(fleet, s)]
    if audited:
        text = f"events go to a store that is locked: {_names(s.agent for s in audited)}"
        yield Statement("logs", "shown", text, (table,))


def _transparency(given: _Subject) -> Iterator[Statement]:
    notice = "transparency.interaction.notice"
    if given.project.spec.notices.interactsWithPersons or given.system is not None:
        yield _recorded(given, "transparency", "the notice to persons", notice)
    else:
        text = "nobody outside of the team talks to its agents"
        place = Place(given.project, ("notices",))
        yield Statement("transparency", "declared", text, (place,))


def _oversight(given: _Subject) -> Iterator[Statement]:
    fleet, name = given.fleet, given.project.name
    own = [g for g in fleet.grants if g.call.project == name]
    grave = [g for g in own if fleet.traits[(g.call.server, g.call.tool)].destructive]
    free = [g for g in grave if g.approval == "none"]
    text = f"{len(grave) - len(free)} of {len(grave)} grants that can destroy wait for a human"
    listed = Place(given.project, ("agents",), f"compliance/{name}/grants.md")
    places = tuple(Place(given.project, g.word) for g in free) or (listed,)
    yield Statement("oversight and stop", "open" if free else "shown", text, places)
    topic, text = "oversight and stop", "somebody is named who can stop each agent, and how"
    yield _all(given, topic, "declared", text, _stoppable)


def _stoppable(agent: Resource[Agent]) -> bool:
    told = agent.spec.oversight
    return told.owner is not None and told.stop is not None


def _accuracy(given: _Subject) -> Iterator[Statement]:
    graph = given.fleet.graph
    text = "each agent has a result that was measured"
    yield _all(
        given,
        "accuracy and security",
        "shown",
        text,
        lambda agent: any(
            result is not None and not isinstance(result, str)
            for result in (measured(graph, metric) for metric in agent.spec.evaluation)
        ),
    )
    yield _recorded(given, "accuracy and security", "what is done against attacks", "security")
    clusters = [graph.get(Cluster, name) for name in sorted(map(str, given.project.spec.clusters))]
    without = [cluster for cluster in clusters if not guarded(given.fleet, cluster)]
    text = "each cluster refuses images of ours without a signature and a bill of materials"
    places = tuple(Place(cluster, ("installed",)) for cluster in without or clusters)
    state: State = "open" if without else "shown"
    yield Statement("accuracy and security", state, f"{text}{_but(without)}", places)


def _suppliers(given: _Subject) -> Iterator[Statement]:
    graph = given.fleet.graph
    names = sorted({str(agent.spec.model) for agent in given.team})
    models = [graph.get(LanguageModel, name) for name in names]
    places = tuple(Place(model, ("card",)) for model in models)
    yield Statement("suppliers", "declared", "each model's card and terms are linked", places)
    without = [model for model in models if model.spec.agreement is None]
    text = f"there is an agreement with each supplier{_but(without)}"
    where = tuple(Place(m, ("agreement",) if m.spec.agreement else ()) for m in without or models)
    yield Statement("suppliers", "open" if without else "declared", text, where)


def _incidents(given: _Subject) -> Iterator[Statement]:
    for text, field in (
        ("how it is watched in use", "postMarket"),
        ("the incident plan", "incident"),
    ):
        yield _recorded(given, "monitoring and incidents", text, field)


def _changes(given: _Subject) -> Iterator[Statement]:
    own = f"projects/{given.project.name}/"
    found = [one for one in reviews(given.fleet.graph) if one.path == own]
    if not found:
        place = Place(given.project)
        text = "nobody is listed who reviews changes"
        yield Statement("change control", "open", text, (place,))
    for one in found:
        enough = len(one.handles) >= one.least
        text = f"{len(one.handles)} reviewers are asked, and the gravest tier wants {one.least}"
        place = Place(given.project, (), "compliance/CODEOWNERS")
        yield Statement("change control", "shown" if enough else "open", text, (place,))


_TOPICS: tuple[Callable[[_Subject], Iterator[Statement]], ...] = (
    _roles,
    _purpose,
    _risk,
    _data,
    _papers,
    _logs,
    _transparency,
    _oversight,
    _accuracy,
    _suppliers,
    _incidents,
    _changes,
)


def _all(
    given: _Subject, topic: str, state: State, text: str, holds: Callable[[Resource[Agent]], bool]
) -> Statement:
    """Something that holds for each agent of the team, or for all but some."""
    without = [agent for agent in given.team if not holds(agent)]
    places = tuple(Place(agent) for agent in without or given.team)
    return Statement(topic, "open" if without else state, f"{text}{_but(without)}", places)


def _recorded(given: _Subject, topic: str, what: str, field: str) -> Statement:
    """Something that the record of the system says, or does not."""
    record = given.system.record if given.system else None
    value: object = record.spec if record else None
    for part in field.split("."):
        value = getattr(value, part, None)
    if record is None or not value:
        return Statement(topic, "open", f"not recorded: {what}", (Place(record or given.project),))
    return Statement(topic, "declared", what, (Place(record, tuple(field.split("."))),))


def _but(without: Iterable[Resource[Spec]]) -> str:
    names = _names(without)
    return f", but not {names}" if names else ""


def _names(some: Iterable[Resource[Spec]]) -> str:
    return ", ".join(one.name for one in some)
