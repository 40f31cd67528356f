"""Which duties of the EU AI Act are due for a system: whom they bind, and on what they depend."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from compiler.ai_act.fields import value
from compiler.ai_act.law import duty
from compiler.ai_act.systems import System
from compiler.graph import Graph
from compiler.model import ContextSpace

Condition = Callable[[Graph, System], bool]


def due(graph: Graph, system: System, id: str) -> bool:
    """Whether a duty binds a system, and what it depends on is so."""
    condition = _CONDITIONS.get(id)
    return system.binds(duty(id).subject) and (condition is None or condition(graph, system))


def answered(field: str) -> Condition:
    """Whether some member's classification says so."""
    return lambda _, system: any(value(a.spec.compliance, field) for a in system.members)


def _biometric(_: Graph, system: System) -> bool:
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


def listed(_: Graph, system: System) -> bool:
    """Whether it is used for what Annex III lists outside of critical infrastructure."""
    return any(point != "2" for point in system.points)


def _deployer(system: System, field: str) -> object:
    return value(system.record and system.record.spec, f"deployer.{field}")


def _rights(graph: Graph, system: System) -> bool:
    """Art. 27(1): public authorities and services; credit and insurance, whoever gives them."""
    public = _deployer(system, "publicAuthority") or _deployer(system, "publicService")
    return bool({"5(b)", "5(c)"} & set(system.points)) or (bool(public) and listed(graph, system))


def _talks(graph: Graph, system: System) -> bool:
    told = system.project.spec.notices.interactsWithPersons
    return told or answered("interactsWithPersons")(graph, system)


_CONDITIONS: Mapping[str, Condition] = {
    "AIA-032": _biometric,
    "AIA-056": _biometric,
    "AIA-061": feeds_back,
    "AIA-081": lambda _, system: _deployer(system, "workplace") is True,
    "AIA-082": listed,
    "AIA-083": answered("personalData"),
    "AIA-084": _rights,
    "AIA-085": lambda graph, system: (
        _deployer(system, "publicAuthority") is True and listed(graph, system)
    ),
    "AIA-090": _talks,
    "AIA-091": answered("generates"),
    "AIA-092": answered("emotionOrBiometric"),
    "AIA-093": answered("publicText"),
}
