"""Which duties of the EU AI Act apply to a system: whom they bind, and the conditions they name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.ai_act.fields import value
from compiler.ai_act.law import Condition, Duty
from compiler.ai_act.systems import System
from compiler.graph import Graph
from compiler.model import ContextSpace


def applies(graph: Graph, system: System, duty: Duty) -> bool:
    """Whether a duty binds a system and the condition that it depends on holds."""
    binds = system.binds(duty.subject)
    return binds and (duty.when is None or _CONDITIONS[duty.when](graph, system))


def answered(system: System, field: str) -> bool:
    """Whether the classification of some member answers a dotted field with yes, or with a list."""
    return any(value(agent.spec.compliance, field) for agent in system.members)


def identifies_remotely(system: System) -> bool:
    """Whether it identifies persons remotely by biometrics (Annex III(1)(a))."""
    return "1(a)" in system.points


def feeds_back(graph: Graph, system: System) -> bool:
    """Whether a member writes a context space that a member reads."""
    names = {agent.name for agent in system.members}
    return any(
        names & {str(reader) for reader in space.spec.readers}
        and names & {str(writer.agent) for writer in space.spec.writers}
        for space in graph.all(ContextSpace)
        if space.spec.project in (None, system.project.name)
    )


def listed(system: System) -> bool:
    """Whether it has a use that Annex III lists outside of critical infrastructure."""
    return any(point != "2" for point in system.points)


def _deployer(system: System, field: str) -> object:
    return value(system.record and system.record.spec, f"deployer.{field}")


def _public_or_credit(system: System) -> bool:
    """Art. 27(1): public authorities and services; credit and insurance by any deployer."""
    public = _deployer(system, "publicAuthority") or _deployer(system, "publicService")
    return bool({"5(b)", "5(c)"} & set(system.points)) or (bool(public) and listed(system))


def _interacts(system: System) -> bool:
    notices = system.project.spec.notices
    return notices.interactsWithPersons or answered(system, "interactsWithPersons")


_CONDITIONS: Mapping[Condition, Callable[[Graph, System], bool]] = {
    "derogation-claimed": lambda _, system: answered(system, "derogation"),
    "identifies-persons-remotely": lambda _, system: identifies_remotely(system),
    "feeds-back": feeds_back,
    "workplace": lambda _, system: _deployer(system, "workplace") is True,
    "listed-use": lambda _, system: listed(system),
    "personal-data": lambda _, system: answered(system, "personalData"),
    "public-or-credit": lambda _, system: _public_or_credit(system),
    "public-authority": lambda _, system: (
        _deployer(system, "publicAuthority") is True and listed(system)
    ),
    "interacts-with-persons": lambda _, system: _interacts(system),
    "generates-content": lambda _, system: answered(system, "generates"),
    "emotion-or-biometric": lambda _, system: answered(system, "emotionOrBiometric"),
    "public-text": lambda _, system: answered(system, "publicText"),
}
