"""The class of each agent and workflow, and the answers that it follows from (Art. 3 to 6, 50)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import ANNEX_III, DUTIES, PROHIBITED, duties
from compiler.ai_act.law.eu_ai_act import MARKING_OF_OLD_SYSTEMS, PROHIBITIONS_OF_2026
from compiler.ai_act.systems import annex_iii_points
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Definitions,
    Paragraph,
    Table,
)
from compiler.graph import Resource
from compiler.model import Agent, Classification
from compiler.model.steps import steps

_CONDITIONS = {
    "a": "a narrow procedural task",
    "b": "it improves what a person has finished",
    "c": "it detects patterns, and replaces no judgement",
    "d": "it prepares an assessment",
}


def body(sheet: Sheet) -> Iterator[Block]:
    """Role and purpose, prohibited practices, classes of agents and workflows, days, literacy."""
    yield sheet.heading("Role", duties.ROLE)
    yield Paragraph(sheet.answer(duties.ROLE, "role"))
    yield sheet.heading("Intended purpose", duties.INTENDED_PURPOSE)
    yield Paragraph(sheet.answer(duties.INTENDED_PURPOSE, "intendedPurpose"))
    yield from _prohibited(sheet)
    yield from _agents(sheet)
    yield from _points(sheet)
    yield from _derogations(sheet)
    yield from _workflows(sheet)
    yield from _days(sheet)
    yield sheet.heading("AI literacy", duties.AI_LITERACY)
    fields = {"measure": "Measure", "audience": "For whom", "date": "Last done on"}
    yield sheet.answers(duties.AI_LITERACY, "literacy", fields)


def _prohibited(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("Prohibited practices", duties.PROHIBITED_PRACTICES)
    members = sheet.system.members
    yield Table(
        ("Art. 5(1)", "Practice", *(agent.name for agent in members)),
        [
            (f"({letter})", text, *(_practice(sheet, agent.spec, letter) for agent in members))
            for letter, text in PROHIBITED.items()
        ],
    )


def _practice(sheet: Sheet, agent: Agent, letter: str) -> Content:
    answers = agent.compliance
    return sheet.said(
        duties.PROHIBITED_PRACTICES, getattr(answers.prohibited, letter) if answers else None
    )


def _agents(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("Classes of agents, beside their business tiers", duties.TIER_FITS_CLASS)
    yield Table(
        ("Agent", "Business tier", "Class", "Why"),
        [
            (Code(a.name), str(a.spec.riskTier), sheet.system.classes[a.name], _why(sheet, a))
            for a in sheet.system.members
        ],
    )
    yield Paragraph("The tier is the organisation's own; the class follows from the answers.")
    told = sheet.system.project.spec.notices.interactsWithPersons
    if told:
        yield Paragraph("The project tells people that they talk to its agents (Art. 50(1)).")


def _why(sheet: Sheet, agent: Resource[Agent]) -> str:
    """The answers that lead to an agent's class."""
    given = agent.spec.compliance
    if given is None:
        return "nothing is answered"
    reasons = {
        "prohibited": [
            f"Art. 5(1)({p})" for p, yes in given.prohibited.model_dump().items() if yes
        ],
        "high": [
            *_safety(given),
            *(f"Annex III({point})" for point in annex_iii_points(agent.spec)),
        ],
        "limited": list(_transparent(given)),
        "minimal": ["no answer leads to a graver class"],
    }[sheet.system.classes[agent.name]]
    return "; ".join(reasons)


def _safety(given: Classification) -> list[str]:
    return ["a safety component, or a product, of Annex I"] if given.safetyComponent else []


def _transparent(given: Classification) -> Iterator[str]:
    if given.interactsWithPersons:
        yield "persons outside of the team talk to it (Art. 50(1))"
    if given.generates:
        yield f"makes {', '.join(given.generates)} that leaves the team (Art. 50(2))"
    if given.emotionOrBiometric:
        yield "reads emotions, or sorts by biometrics (Art. 50(3))"
    if given.publicText:
        yield "makes deep fakes, or texts that inform the public (Art. 50(4))"


def _points(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("Uses of Annex III", duties.ANNEX_III_POINTS)
    rows = []
    for agent in sheet.system.members:
        given = agent.spec.compliance.annexIII if agent.spec.compliance else None
        rows.append((Code(agent.name), sheet.said(duties.ANNEX_III_POINTS, given)))
    yield Table(("Agent", "Points"), rows)
    yield Bullets([f"{p}: {ANNEX_III[p]}" for p in ANNEX_III if p in sheet.system.points])


def _derogations(sheet: Sheet) -> Iterator[Block]:
    if not sheet.binds(duties.DEROGATION):
        return
    yield sheet.heading("Derogation", duties.DEROGATION)
    rows: list[tuple[Content, ...]] = []
    for agent in (a for a in sheet.system.members if annex_iii_points(a.spec)):
        given = agent.spec.compliance.derogation if agent.spec.compliance else None
        if given is None:
            rows.append((Code(agent.name), "none is claimed", "", ""))
            continue
        condition = (
            f"({given.condition}) {_CONDITIONS[given.condition]}" if given.condition else None
        )
        cells = (
            sheet.said(duties.DEROGATION, x) for x in (condition, given.grounds, given.profiling)
        )
        rows.append((Code(agent.name), *cells))
    yield Table(("Agent", "Condition of Art. 6(3)", "Grounds", "Profiles persons"), rows)


def _workflows(sheet: Sheet) -> Iterator[Block]:
    if not sheet.binds(duties.WORKFLOW_CLASS):
        return
    yield sheet.heading("Classes of workflows", duties.WORKFLOW_CLASS)
    rows = []
    for flow in sheet.system.workflows:
        members = ", ".join(sorted({str(step.agent) for _, step in steps(flow.spec)}))
        apart = flow.spec.compliance
        said = (
            apart.rationale or sheet.gap(duties.WORKFLOW_CLASS)
            if apart.separable
            else "judged together"
        )
        rows.append((Code(flow.name), members, sheet.system.workflow_classes[flow.name], said))
    yield Table(("Workflow", "Agents", "Class", "Separable"), rows)


def _days(sheet: Sheet) -> Iterator[Block]:
    """From when what binds this system applies."""
    yield sheet.heading("Days of application")
    bound = [d for d in DUTIES if sheet.system.binds(d.subject) and not d.derived]
    days = sorted({d.applies for d in bound})
    entries: list[tuple[str, Content]] = [
        (day.isoformat(), "; ".join(dict.fromkeys(d.article for d in bound if d.applies == day)))
        for day in days
    ]
    entries.append((PROHIBITIONS_OF_2026.isoformat(), "Art. 5(1)(ba), 5(1)(bb)"))
    if sheet.system.limited:
        old = "Art. 50(2) for what was on the market before 2026-08-02 (Art. 111(4))"
        entries.append((MARKING_OF_OLD_SYSTEMS.isoformat(), old))
    yield Definitions(sorted(entries, key=lambda entry: entry[0]))
