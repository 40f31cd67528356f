"""The class of each agent and workflow, and the answers that it follows from (Art. 3 to 6, 50)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import (
    ANNEX_III,
    DUTIES,
    MARKING_OF_OLD_SYSTEMS,
    PROHIBITED,
    PROHIBITIONS_OF_2026,
    duties,
)
from compiler.ai_act.systems import annex_iii_points
from compiler.emit.compliance.sheet import Facts, FieldAnswer, Sheet
from compiler.graph import Resource
from compiler.model import Agent, Workflow
from compiler.model.classification import Classification
from compiler.model.steps import steps


def facts(sheet: Sheet) -> Facts:
    """Agents and workflows with their classes, and the days from which duties apply."""
    system = sheet.system
    return {
        "interacts": system.project.spec.notices.interactsWithPersons,
        "practices": [{"letter": letter, "text": text} for letter, text in PROHIBITED.items()],
        "points": [{"point": p, "text": ANNEX_III[p]} for p in ANNEX_III if p in system.points],
        "agents": [_agent(sheet, agent) for agent in system.members],
        "workflows": [_workflow(sheet, workflow) for workflow in system.workflows],
        "days": sorted(_days(sheet), key=lambda entry: str(entry["day"])),
    }


def _agent(sheet: Sheet, agent: Resource[Agent]) -> Facts:
    answers = agent.spec.compliance
    claim = answers.derogation if answers else None
    return {
        "name": agent.name,
        "tier": agent.spec.riskTier,
        "class": sheet.system.classes[agent.name],
        "reasons": list(_reasons(sheet, agent)),
        "practices": {letter: _practice(sheet, answers, letter) for letter in PROHIBITED},
        "points": sheet.answer(duties.ANNEX_III_POINTS, answers and answers.annexIII),
        "listed": bool(annex_iii_points(agent.spec)),
        "claim": claim
        and {
            field: sheet.answer(duties.DEROGATION, getattr(claim, field))
            for field in ("condition", "grounds", "profiling")
        },
    }


def _practice(sheet: Sheet, answers: Classification | None, letter: str) -> FieldAnswer:
    done = getattr(answers.prohibited, letter) if answers else None
    return sheet.answer(duties.PROHIBITED_PRACTICES, done)


def _reasons(sheet: Sheet, agent: Resource[Agent]) -> Iterator[Facts]:
    """The answers that lead to an agent's class."""
    answers = agent.spec.compliance
    if answers is None:
        yield {"kind": "unanswered"}
        return
    match sheet.system.classes[agent.name]:
        case "prohibited":
            done = (p for p, yes in answers.prohibited.model_dump().items() if yes)
            yield from ({"kind": "prohibited", "what": practice} for practice in done)
        case "high":
            yield from [{"kind": "safety-component"}] if answers.safetyComponent else []
            points = annex_iii_points(agent.spec)
            yield from ({"kind": "point", "what": point} for point in points)
        case "limited":
            yield from _transparency(answers)
        case "minimal":
            yield {"kind": "none"}


def _transparency(answers: Classification) -> Iterator[Facts]:
    """What Art. 50 names, in its order."""
    if answers.interactsWithPersons:
        yield {"kind": "interacts"}
    if answers.generates:
        yield {"kind": "generates", "what": answers.generates}
    if answers.emotionOrBiometric:
        yield {"kind": "emotion-or-biometric"}
    if answers.publicText:
        yield {"kind": "public-text"}


def _workflow(sheet: Sheet, workflow: Resource[Workflow]) -> Facts:
    return {
        "name": workflow.name,
        "agents": sorted({str(step.agent) for _, step in steps(workflow.spec)}),
        "class": sheet.system.workflow_classes[workflow.name],
        "separable": workflow.spec.compliance.separable,
        "rationale": workflow.spec.compliance.rationale,
    }


def _days(sheet: Sheet) -> Iterator[Facts]:
    """From when what binds this system applies."""
    bound = [duty for duty in DUTIES if sheet.binds(duty) and not duty.derived]
    for day in sorted({duty.applies for duty in bound}):
        articles = dict.fromkeys(duty.article for duty in bound if duty.applies == day)
        yield {"day": day, "what": "duties", "articles": list(articles)}
    yield {"day": PROHIBITIONS_OF_2026, "what": "prohibitions"}
    if sheet.system.limited:
        yield {"day": MARKING_OF_OLD_SYSTEMS, "what": "marking"}
