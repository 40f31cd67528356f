"""What the repository shows of a project, topic by topic of the crosswalk, and how it is known.

The sentences are in the template of the checklist, by the key `what` of a statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from compiler.ai_act.evidence import Measured, measured
from compiler.ai_act.fields import value
from compiler.ai_act.systems import System
from compiler.derive.fleet import Fleet
from compiler.derive.images import guarded
from compiler.derive.retention import in_loki, in_store
from compiler.graph import Resource
from compiler.model import Agent, Cluster, LanguageModel, Project, Spec
from compiler.source import Route

State = Literal["shown", "declared", "open"]
"""It follows from what is emitted or measured; a spec says so; neither."""


class Place(NamedTuple):
    """A place in a spec, or a generated file below generated/ where there is a path."""

    resource: Resource[Spec]
    route: Route = ()
    path: str = ""


class Statement(NamedTuple):
    """One thing about a topic; `what` is the key of its sentence."""

    topic: str
    state: State
    what: str
    places: tuple[Place, ...]
    without: tuple[str, ...] = ()  # names of those that it does not hold for
    names: tuple[str, ...] = ()  # names of those that it is about
    number: int = 0
    of: int = 0


class _Subject(NamedTuple):
    """A project, its team, and its AI system where it has one."""

    fleet: Fleet
    project: Resource[Project]
    team: tuple[Resource[Agent], ...]
    system: System | None


def statements(fleet: Fleet, project: Resource[Project]) -> tuple[Statement, ...]:
    """Everything that can be said of a project, in the order of the topics."""
    names = sorted({str(entry.agent) for entry in project.spec.agents})
    team = tuple(fleet.graph.get(Agent, name) for name in names)
    system = next((s for s in fleet.systems if s.project.name == project.name), None)
    subject = _Subject(fleet, project, team, system)
    return tuple(statement for topic in _TOPICS for statement in topic(subject))


def _roles(subject: _Subject) -> Iterator[Statement]:
    topic = "inventory and roles"
    yield _each(subject, topic, "shown", "owner", lambda agent: agent.owner is not None)
    yield _recorded(subject, topic, "role")


def _purpose(subject: _Subject) -> Iterator[Statement]:
    topic = "purpose and classification"
    yield _each(subject, topic, "declared", "classification", _classified)
    yield _recorded(subject, topic, "intendedPurpose")


def _risk(subject: _Subject) -> Iterator[Statement]:
    topic = "risk and impact"
    yield _each(subject, topic, "declared", "card-risks", lambda a: bool(a.spec.card.risks))
    yield _recorded(subject, topic, "risks")


def _data(subject: _Subject) -> Iterator[Statement]:
    yield _each(subject, "data", "declared", "personal-data", _classified)
    yield _recorded(subject, "data", "data")


def _classified(agent: Resource[Agent]) -> bool:
    return agent.spec.compliance is not None


def _papers(subject: _Subject) -> Iterator[Statement]:
    topic = "technical documentation"
    places = tuple(Place(agent, ("prompt", "version")) for agent in subject.team)
    yield Statement(topic, "shown", "prompt-version", places)
    yield _each(subject, topic, "declared", "card-limitations", _limited)


def _limited(agent: Resource[Agent]) -> bool:
    return bool(agent.spec.card.limitations)


def _logs(subject: _Subject) -> Iterator[Statement]:
    fleet, project = subject.fleet, subject.project
    own = [s for s in fleet.streams if s.project.name == project.name]
    short = [s.agent for s in own if max(in_loki(fleet, s), in_store(fleet, s)) < s.days]
    table = Place(project, ("agents",), "compliance/audit/audit.md")
    if short:
        places = tuple(Place(agent, ("riskTier",)) for agent in short)
        yield Statement("logs", "open", "logs-short", places, names=_names(short))
    else:
        yield Statement("logs", "shown", "logs-kept", (table,))
    audited = [s.agent for s in own if in_store(fleet, s)]
    if audited:
        yield Statement("logs", "shown", "logs-locked", (table,), names=_names(audited))


def _transparency(subject: _Subject) -> Iterator[Statement]:
    if subject.project.spec.notices.interactsWithPersons or subject.system is not None:
        yield _recorded(subject, "transparency", "transparency.interaction.notice")
    else:
        place = Place(subject.project, ("notices",))
        yield Statement("transparency", "declared", "no-interaction", (place,))


def _oversight(subject: _Subject) -> Iterator[Statement]:
    fleet, project, topic = subject.fleet, subject.project, "oversight and stop"
    own = [g for g in fleet.grants if g.call.project == project.name]
    destructive = [g for g in own if fleet.traits[(g.call.server, g.call.tool)].destructive]
    free = [g for g in destructive if g.approval == "none"]
    table = Place(project, ("agents",), f"compliance/{project.name}/grants.md")
    yield Statement(
        topic,
        "open" if free else "shown",
        "approvals",
        tuple(Place(project, g.word) for g in free) or (table,),
        number=len(destructive) - len(free),
        of=len(destructive),
    )
    yield _each(subject, topic, "declared", "stop", _stoppable)


def _stoppable(agent: Resource[Agent]) -> bool:
    oversight = agent.spec.oversight
    return oversight.owner is not None and oversight.stop is not None


def _accuracy(subject: _Subject) -> Iterator[Statement]:
    graph, topic = subject.fleet.graph, "accuracy and security"

    def has_result(agent: Resource[Agent]) -> bool:
        results = (measured(graph, metric) for metric in agent.spec.evaluation)
        return any(isinstance(result, Measured) for result in results)

    yield _each(subject, topic, "shown", "measured", has_result)
    yield _recorded(subject, topic, "security")
    names = sorted(map(str, subject.project.spec.clusters))
    clusters = [graph.get(Cluster, name) for name in names]
    without = [cluster for cluster in clusters if not guarded(subject.fleet, cluster)]
    places = tuple(Place(cluster, ("installed",)) for cluster in without or clusters)
    state: State = "open" if without else "shown"
    yield Statement(topic, state, "signatures", places, _names(without))


def _suppliers(subject: _Subject) -> Iterator[Statement]:
    graph = subject.fleet.graph
    names = sorted({str(agent.spec.model) for agent in subject.team})
    models = [graph.get(LanguageModel, name) for name in names]
    places = tuple(Place(model, ("card",)) for model in models)
    yield Statement("suppliers", "declared", "model-papers", places)
    without = [model for model in models if model.spec.agreement is None]
    where = tuple(Place(m, ("agreement",) if m.spec.agreement else ()) for m in without or models)
    state: State = "open" if without else "declared"
    yield Statement("suppliers", state, "agreements", where, _names(without))


def _incidents(subject: _Subject) -> Iterator[Statement]:
    yield _recorded(subject, "monitoring and incidents", "postMarket")
    yield _recorded(subject, "monitoring and incidents", "incident")


def _changes(subject: _Subject) -> Iterator[Statement]:
    topic, folder = "change control", f"projects/{subject.project.name}/"
    review = next((r for r in subject.fleet.reviews if r.path == folder), None)
    if review is None:
        yield Statement(topic, "open", "no-reviewers", (Place(subject.project),))
        return
    asked = len(review.handles)
    state: State = "shown" if asked >= review.least else "open"
    place = Place(subject.project, (), "compliance/CODEOWNERS")
    yield Statement(topic, state, "reviewers", (place,), number=asked, of=review.least)


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


def _each(
    subject: _Subject,
    topic: str,
    state: State,
    what: str,
    holds: Callable[[Resource[Agent]], bool],
) -> Statement:
    """Something that holds for each agent of the team, or is open because of some of them."""
    without = [agent for agent in subject.team if not holds(agent)]
    places = tuple(Place(agent) for agent in without or subject.team)
    return Statement(topic, "open" if without else state, what, places, _names(without))


def _recorded(subject: _Subject, topic: str, field: str) -> Statement:
    """Something that the record of the system says, or does not."""
    record = subject.system.record if subject.system else None
    if record is None or not value(record.spec, field):
        return Statement(topic, "open", field, (Place(record or subject.project),))
    return Statement(topic, "declared", field, (Place(record, tuple(field.split("."))),))


def _names(resources: Iterable[Resource[Spec]]) -> tuple[str, ...]:
    return tuple(resource.name for resource in resources)
