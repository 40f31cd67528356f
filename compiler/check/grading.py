"""Graded rules: a finding is an error where the risk tier and the environment are high enough."""

from __future__ import annotations

from collections.abc import Iterable

from compiler.derive import Fleet
from compiler.diagnostic import Rule, Severity
from compiler.model import Agent, Cluster, Project, RiskTier

LEVELS = ("low", "medium", "high")
ENVIRONMENTS = ("dev", "staging", "prod")
GRADED: dict[str, int | float | str] = {"tier": "medium", "environment": "prod"}
"""Parameters of a graded rule: its diagnostics are errors from that tier and environment on."""
CHOICES = {"tier": LEVELS, "environment": ENVIRONMENTS}
"""What these parameters can be, lowest first."""


def level(fleet: Fleet, agent: str) -> int:
    """The level of an agent's risk tier, as an index of `LEVELS`."""
    tier = fleet.graph.get(Agent, agent).spec.riskTier
    return LEVELS.index(fleet.graph.get(RiskTier, tier).spec.level)


def grade(
    fleet: Fleet, rule: Rule, project: str, agents: Iterable[str], minimum: int = 0
) -> Severity:
    """The severity of a finding, by its riskiest agent and its most critical environment.

    Args:
        minimum: A level (an index of `LEVELS`) that counts even if all agents are below it.
    """
    highest = max((minimum, *(level(fleet, agent) for agent in agents)))
    severe = highest >= LEVELS.index(str(fleet.parameter(rule, "tier")))
    return Severity.ERROR if severe and in_scope(fleet, rule, project) else Severity.WARNING


def in_scope(fleet: Fleet, rule: Rule, project: str) -> bool:
    """Whether a project runs in an environment at or above the rule's parameter."""
    clusters = fleet.graph.get(Project, project).spec.clusters
    environments = (fleet.graph.get(Cluster, cluster).spec.environment for cluster in clusters)
    highest = max(ENVIRONMENTS.index(environment) for environment in environments)
    return highest >= ENVIRONMENTS.index(str(fleet.parameter(rule, "environment")))
