"""How people stay in control: who, what they see, what waits for them, and the stop (Art. 14)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.applicability import feeds_back
from compiler.ai_act.law import duties
from compiler.derive.fleet import Grant, Traits
from compiler.emit.compliance import stop
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import Block, Code, Content, Heading, Paragraph, Strong, Table
from compiler.model import ContextSpace
from compiler.model.steps import steps

_ASSIGNEE = ("role", "competence", "training", "authority", "support")


def body(sheet: Sheet) -> Iterator[Block]:
    """Art. 14(4), letter by letter, and what happens when something fails."""
    yield from _people(sheet)
    yield sheet.heading("What they see", duties.MONITORING)
    yield sheet.answers(
        duties.MONITORING, "oversight.monitoring", {"dashboard": "Dashboard", "alerts": "Alerts"}
    )
    yield sheet.heading("Against relying on it too much", duties.AUTOMATION_BIAS)
    yield Paragraph(sheet.answer(duties.AUTOMATION_BIAS, "oversight.automationBias"))
    yield from _overrides(sheet)
    yield from _approvals(sheet)
    yield from _doubt(sheet)
    yield sheet.heading("Stop", duties.STOP)
    yield from stop.body(sheet)
    yield from _two_persons(sheet)
    yield from _robustness(sheet)


def _people(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("Who oversees it", duties.OVERSIGHT_ASSIGNED)
    given = sheet.found("oversight.assignees") or ()
    rows: list[list[Content]] = [
        [sheet.person(duties.OVERSIGHT_ASSIGNED, one.role)]
        + [sheet.said(duties.OVERSIGHT_ASSIGNED, getattr(one, field)) for field in _ASSIGNEE[1:]]
        for one in given
    ]
    if not given:
        yield Paragraph(sheet.gap(duties.OVERSIGHT_ASSIGNED))
    yield Table([word.capitalize() for word in _ASSIGNEE], rows)


def _overrides(sheet: Sheet) -> Iterator[Block]:
    """Every granted tool that changes something, and what holds it."""
    yield sheet.heading("What changes something, and what holds it", duties.OVERRIDE)
    rows = []
    for grant in sheet.grants():
        traits = sheet.fleet.traits[grant.call.server, grant.call.tool]
        if traits.writes or traits.executes:
            tool = f"{grant.call.server}/{grant.call.tool}"
            held = _held(sheet, grant, tool)
            rows.append((Code(grant.call.agent), Code(tool), _effect(traits), held))
    yield Table(("Agent", "Tool", "What it can do", "What holds it"), rows)
    if not rows:
        yield Paragraph("No agent of the team may call a tool that changes something.")


def _effect(traits: Traits) -> str:
    words = {
        "changes": traits.writes and not traits.destructive,
        "changes or destroys": traits.destructive,
        "carries data out": traits.sink,
        "runs code": traits.executes,
    }
    return ", ".join(word for word, holds in words.items() if holds)


def _held(sheet: Sheet, grant: Grant, tool: str) -> Content:
    undone = (sheet.found("oversight.reversible") or {}).get(tool)
    if grant.approval == "human":
        return "a person approves each call" + (f"; undone so: {undone}" if undone else "")
    return f"undone so: {undone}" if undone else Strong("nothing: it is called unasked")


def _approvals(sheet: Sheet) -> Iterator[Block]:
    """Steps of workflows that wait for a person."""
    rows = [
        (Code(flow.name), Code(step.name), Code(str(step.agent)), step.timeout)
        for flow in sheet.system.workflows
        for _, step in steps(flow.spec)
        if step.approval == "human"
    ]
    if rows:
        yield Heading(3, "Steps of workflows that a person agrees to")
        yield Table(("Workflow", "Step", "Agent", "Time-out"), rows)


def _doubt(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("Where doubt goes", duties.OVERSIGHT_MODE)
    fields = {"mode": "Whose measures", "doubt": "Below the confidence threshold"}
    yield sheet.answers(duties.OVERSIGHT_MODE, "oversight", fields)
    yield Table(
        ("Agent", "How it acts", "Confidence threshold", "Below it"),
        [
            (
                Code(agent.name),
                agent.spec.oversight.mode,
                str(agent.spec.confidenceThreshold),
                agent.spec.oversight.escalation or "Not recorded",
            )
            for agent in sheet.system.members
        ],
    )


def _two_persons(sheet: Sheet) -> Iterator[Block]:
    if not sheet.binds(duties.TWO_PERSONS):
        return
    yield sheet.heading("Two persons", duties.TWO_PERSONS)
    if "1(a)" in sheet.system.points:
        yield Paragraph(sheet.answer(duties.TWO_PERSONS, "oversight.twoPersons"))
    else:
        yield Paragraph("Does not apply: no agent identifies persons remotely (Annex III(1)(a)).")


def _robustness(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("When something fails", duties.FAIL_SAFE)
    fields = {"fallback": "What takes over", "timeouts": "When it gives up"}
    fields["circuitBreaker"] = "When it is cut off"
    yield sheet.answers(duties.FAIL_SAFE, "robustness", fields)
    yield sheet.heading("Feedback loops", duties.FEEDBACK_LOOPS)
    written = ", ".join(_written(sheet))
    if written:
        yield Paragraph(f"Its agents write to context spaces: {written}.")
    if not feeds_back(sheet.fleet.graph, sheet.system):
        yield Paragraph("No agent of the team writes to a context space that the team reads.")
        return
    yield Paragraph("Some of what they write there, they read again.")
    if sheet.applies(duties.FEEDBACK_LOOPS) or sheet.found("robustness.feedbackLoop"):
        yield Paragraph(sheet.answer(duties.FEEDBACK_LOOPS, "robustness.feedbackLoop"))


def _written(sheet: Sheet) -> list[str]:
    """The context spaces that members write to, where the project uses them."""
    names = {agent.name for agent in sheet.system.members}
    return [
        space.name
        for space in sheet.fleet.graph.all(ContextSpace)
        if space.spec.project in (None, sheet.project)
        and names & {str(writer.agent) for writer in space.spec.writers}
    ]
