"""The business tier decides what an agent may do and who reviews it; it must not be below what the
law makes of the agent (EU AI Act, Art. 6, 50).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law.duties import INTERACTION_NOTICE, TIER_FITS_CLASS, WORKFLOW_CLASS
from compiler.ai_act.systems import AIClass, System, agent_class, highest
from compiler.check.gaps import LEAD, Gap, diagnostics
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent, RiskTier, Workflow
from compiler.model.base import Risk
from compiler.model.steps import steps

RULE = Rule(
    "class-above-tier", Severity.ERROR, "a risk tier is below the class under the EU AI Act", LEAD
)
DUTIES = (WORKFLOW_CLASS, TIER_FITS_CLASS)

_LEVELS: tuple[Risk, ...] = ("low", "medium", "high")
_LEAST: dict[AIClass, Risk] = {"high": "high", "limited": "medium"}


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every agent whose tier is below its class, and every separable workflow without a reason."""
    gaps = ((system, gap) for system in fleet.systems for gap in _gaps(fleet, system))
    yield from diagnostics(fleet, RULE, gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    for workflow in system.workflows:
        yield from _unfounded(workflow)
    below = [gap for agent in system.members for gap in _below(fleet, system, agent)]
    yield from below
    interacts = system.project.spec.notices.interactsWithPersons
    if interacts and not below and all(_level(fleet, agent) == "low" for agent in system.members):
        what = f"people talk to agents of `{system.project.name}`, which are all of a low tier"
        help = "give a `riskTier` of level medium to the agents that people talk to"
        route = ("notices", "interactsWithPersons")
        yield Gap(TIER_FITS_CLASS, system.project, route, what, help, INTERACTION_NOTICE.applies)


def _unfounded(workflow: Resource[Workflow]) -> Iterator[Gap]:
    claim = workflow.spec.compliance
    if claim.separable and claim.rationale is None:
        what = f"workflow `{workflow.name}` does not say why its members are judged apart"
        help = "say in `compliance.rationale` why their results do not work together"
        yield Gap(WORKFLOW_CLASS, workflow, ("compliance", "rationale"), what, help)


def _below(fleet: Fleet, system: System, agent: Resource[Agent]) -> Iterator[Gap]:
    ai_class = _class_at_work(system, agent)
    least, level = _LEAST.get(ai_class, "low"), _level(fleet, agent)
    if _LEVELS.index(level) < _LEVELS.index(least):
        what = f"agent `{agent.name}` is of the class {ai_class}, but its tier is of level {level}"
        help = f"give it a `riskTier` of level {least}"
        day = INTERACTION_NOTICE.applies if ai_class == "limited" else None
        yield Gap(TIER_FITS_CLASS, agent, ("riskTier",), what, help, day)


def _class_at_work(system: System, agent: Resource[Agent]) -> AIClass:
    """An agent's class by its own answers, alone and in each workflow that it works in."""
    workflows = [workflow.spec for workflow in system.workflows]
    own = [w for w in workflows if agent.name in {str(step.agent) for _, step in steps(w)}]
    in_workflows = (agent_class(agent.spec, derogable=w.compliance.separable) for w in own)
    return highest((agent_class(agent.spec), *in_workflows))


def _level(fleet: Fleet, agent: Resource[Agent]) -> Risk:
    return fleet.graph.get(RiskTier, agent.spec.riskTier).spec.level
