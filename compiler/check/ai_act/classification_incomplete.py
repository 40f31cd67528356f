"""Which duties bind a system follows from a few answers; without them its class is a guess (EU AI
Act, Art. 3, 5, 6).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import PROHIBITED, PROHIBITIONS_OF_2026
from compiler.ai_act.law.duties import (
    ANNEX_III_POINTS,
    DEROGATION,
    INTENDED_PURPOSE,
    PROHIBITED_PRACTICES,
    ROLE,
)
from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import RecordedSystem, annex_iii_points
from compiler.check.gaps import LEAD, Gap, absent, report, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.graph import Resource
from compiler.model import Agent

RULE = Rule(
    "classification-incomplete",
    Severity.ERROR,
    "an answer is missing that a class under the EU AI Act follows from",
    {**LEAD, "purpose": 40, "grounds": 80},
)
DUTIES = (ROLE, INTENDED_PURPOSE, PROHIBITED_PRACTICES, ANNEX_III_POINTS, DEROGATION)

_LATE = frozenset(("ba", "bb"))
"""Practices that are prohibited only from PROHIBITIONS_OF_2026 on."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every answer that is missing, of systems and of their agents."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(ROLE, system)
    yield from _changed_purpose(system)
    yield from absent(INTENDED_PURPOSE, system)
    yield from _purpose(fleet, system)
    for agent in system.members:
        yield from _practices(agent)
        yield from _points(agent)
        yield from _derogation(fleet, agent)


def _changed_purpose(system: RecordedSystem) -> Iterator[Gap]:
    """Art. 25(1)(c): changing the purpose of a high-risk system makes its deployer the provider."""
    upstream, own = system.spec.upstreamPurpose, system.spec.intendedPurpose
    changed = upstream is not None and upstream != own
    if system.spec.role == "deployer" and changed and system.ai_class == "high":
        what = "a deployer whose purpose departs from the supplier's is the provider"
        help = "say `provider` or `both`, or use it for what its supplier meant"
        yield wrong(ROLE, system, "role", what, help)


def _purpose(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    text = system.spec.intendedPurpose
    least = int(fleet.parameter(RULE, "purpose"))
    if text is not None and len(text.strip()) < least and not placeholder(text):
        what = f"`intendedPurpose` has fewer than {least} characters"
        help = "say what it is meant for, by whom, and in which context"
        yield wrong(INTENDED_PURPOSE, system, "intendedPurpose", what, help)


def _practices(agent: Resource[Agent]) -> Iterator[Gap]:
    answers = agent.spec.compliance
    if answers is None:
        what = f"agent `{agent.name}` has no `compliance`"
        help = "answer `prohibited` and `annexIII` below `compliance`"
        for duty in (PROHIBITED_PRACTICES, ANNEX_III_POINTS):
            yield Gap(duty, agent, ("compliance",), what, help)
        return
    missing = [letter for letter in PROHIBITED if getattr(answers.prohibited, letter) is None]
    if missing:
        letters = ", ".join(f"`{letter}`" for letter in missing)
        what = f"agent `{agent.name}` does not answer the prohibited practices {letters}"
        if len(missing) == 1:
            what = f"agent `{agent.name}` does not answer the prohibited practice {letters}"
        help = f"answer: {PROHIBITED[missing[0]]}?"
        day = PROHIBITIONS_OF_2026 if _LATE.issuperset(missing) else None
        yield Gap(PROHIBITED_PRACTICES, agent, ("compliance", "prohibited"), what, help, day)


def _points(agent: Resource[Agent]) -> Iterator[Gap]:
    if agent.spec.compliance is not None and agent.spec.compliance.annexIII is None:
        what = f"agent `{agent.name}` does not say which points of Annex III it is used for"
        help = "write `annexIII: none`, or its points, such as `5(b)`"
        yield Gap(ANNEX_III_POINTS, agent, ("compliance",), what, help)


def _derogation(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Gap]:
    """What is wrong with the claim that a use of Annex III is not of high risk."""
    claim = agent.spec.compliance.derogation if agent.spec.compliance else None
    if claim is None or not annex_iii_points(agent.spec):
        return
    least = int(fleet.parameter(RULE, "grounds"))
    grounds = claim.grounds or ""
    mistakes: list[tuple[str, str, str]] = []
    if claim.condition is None:
        missing = "`derogation.condition` is missing"
        mistakes.append(("condition", missing, "say `a`, `b`, `c` or `d`"))
    if len(grounds.strip()) < least and not (grounds and placeholder(grounds)):
        short = f"the grounds of the derogation have fewer than {least} characters"
        mistakes.append(("grounds", short, "say why the condition holds for this use"))
    if claim.profiling is None:
        missing = "`derogation.profiling` is missing"
        mistakes.append(("profiling", missing, "say whether it profiles"))
    if claim.profiling:
        always = "what profiles persons is always of high risk"
        mistakes.append(("profiling", always, "remove the derogation"))
    for field, what, help in mistakes:
        yield Gap(DEROGATION, agent, ("compliance", "derogation", field), what, help)
