"""How people stay in control: who, what they see, what waits for them, and the stop (Art. 14)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.applicability import feeds_back, identifies_remotely
from compiler.ai_act.law import duties
from compiler.derive.fleet import Traits
from compiler.emit.compliance import stop
from compiler.emit.compliance.sheet import Facts, Sheet
from compiler.graph import Resource
from compiler.model import Agent, ContextSpace
from compiler.model.oversight import Assignee
from compiler.model.steps import steps

_ASSIGNEE = ("competence", "training", "authority", "support")


def facts(sheet: Sheet) -> Facts:
    """People, what changes something and what holds it, and the commands of the stop."""
    system = sheet.system
    assignees = sheet.read("oversight.assignees") or ()
    return {
        "assignees": [_assignee(sheet, assignee) for assignee in assignees],
        "changes": list(_changes(sheet)),
        "approvals": [
            {
                "workflow": flow.name,
                "name": step.name,
                "agent": str(step.agent),
                "timeout": step.timeout,
            }
            for flow in system.workflows
            for _, step in steps(flow.spec)
            if step.approval == "human"
        ],
        "agents": [_agent(sheet, agent) for agent in system.members],
        "identifies": identifies_remotely(system),
        "spaces": _spaces(sheet),
        "feeds_back": feeds_back(sheet.fleet.graph, system),
        **stop.facts(sheet),
    }


def _assignee(sheet: Sheet, assignee: Assignee) -> Facts:
    duty = duties.OVERSIGHT_ASSIGNED
    answers = {field: sheet.answer(duty, getattr(assignee, field)) for field in _ASSIGNEE}
    return {"person": sheet.person(duty, assignee.role), **answers}


def _agent(sheet: Sheet, agent: Resource[Agent]) -> Facts:
    oversight = agent.spec.oversight
    return {
        "name": agent.name,
        "mode": oversight.mode,
        "threshold": agent.spec.confidenceThreshold,
        "escalation": oversight.escalation,
        "stop": oversight.stop,
        "owner": sheet.person(duties.STOP, oversight.owner),
    }


def _changes(sheet: Sheet) -> Iterator[Facts]:
    """Every granted tool that changes something, and what holds it."""
    reversible = sheet.read("oversight.reversible") or {}
    for grant in sheet.grants():
        traits = sheet.fleet.traits[grant.call.server, grant.call.tool]
        if traits.writes or traits.executes:
            tool = f"{grant.call.server}/{grant.call.tool}"
            yield {
                "agent": grant.call.agent,
                "tool": tool,
                "effects": _effects(traits),
                "approved": grant.approval == "human",
                "undo": reversible.get(tool),
            }


def _effects(traits: Traits) -> list[str]:
    effects = {
        "changes": traits.writes and not traits.destructive,
        "destroys": traits.destructive,
        "sends": traits.sink,
        "executes": traits.executes,
    }
    return [effect for effect, holds in effects.items() if holds]


def _spaces(sheet: Sheet) -> list[str]:
    """The context spaces that members write to, where the project uses them."""
    names = {agent.name for agent in sheet.system.members}
    return [
        space.name
        for space in sheet.fleet.graph.all(ContextSpace)
        if space.spec.project in (None, sheet.project)
        and names & {str(writer.agent) for writer in space.spec.writers}
    ]
