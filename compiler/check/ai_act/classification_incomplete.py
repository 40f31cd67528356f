"""Which duties bind a system follows from a few answers; without them its class is a guess (EU AI
Act, Art. 3, 5, 6).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import PROHIBITED, PROHIBITIONS_OF_2026, duty
from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import System, points
from compiler.check.gaps import LEAD, Gap, absent, told, wrong
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
DUTIES = ("AIA-001", "AIA-002", "AIA-003", "AIA-004", "AIA-005")

_LATE = frozenset(("ba", "bb"))


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every answer that is missing, of systems and of their agents."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None:
        return
    yield from absent("AIA-001", system, "role")
    yield from _forced(system)
    yield from absent("AIA-002", system, "intendedPurpose")
    yield from _purpose(fleet, system)
    for agent in system.members:
        yield from _practices(agent)
        yield from _point(agent)
        yield from _derogation(fleet, agent)


def _forced(system: System) -> Iterator[Gap]:
    """Art. 25(1)(c): who turns a system to another purpose, of high risk, becomes its provider."""
    assert system.record is not None
    spec = system.record.spec
    turned = spec.upstreamPurpose is not None and spec.upstreamPurpose != spec.intendedPurpose
    if spec.role == "deployer" and turned and system.ai_class == "high":
        what = "a deployer whose purpose departs from the supplier's is the provider"
        help = "say `provider` or `both`, or use it for what its supplier meant"
        yield wrong("AIA-001", system, "role", what, help)


def _purpose(fleet: Fleet, system: System) -> Iterator[Gap]:
    assert system.record is not None
    text = system.record.spec.intendedPurpose
    least = int(fleet.parameter(RULE, "purpose"))
    if text is not None and len(text.strip()) < least and not placeholder(text):
        what = f"`intendedPurpose` has fewer than {least} characters"
        help = "say what it is meant for, by whom, and in which context"
        yield wrong("AIA-002", system, "intendedPurpose", what, help)


def _practices(agent: Resource[Agent]) -> Iterator[Gap]:
    answers = agent.spec.compliance
    if answers is None:
        what = f"agent `{agent.name}` has no `compliance`"
        help = "answer `prohibited` and `annexIII` below `compliance`"
        for id in ("AIA-003", "AIA-004"):
            yield Gap(duty(id), agent, ("compliance",), what, help)
        return
    silent = [letter for letter in PROHIBITED if getattr(answers.prohibited, letter) is None]
    if silent:
        several = ", ".join(f"`{letter}`" for letter in silent)
        what = f"agent `{agent.name}` does not answer the prohibited practices {several}"
        if len(silent) == 1:
            what = f"agent `{agent.name}` does not answer the prohibited practice {several}"
        help = f"answer: {PROHIBITED[silent[0]]}?"
        day = PROHIBITIONS_OF_2026 if _LATE.issuperset(silent) else None
        yield Gap(duty("AIA-003"), agent, ("compliance", "prohibited"), what, help, day)


def _point(agent: Resource[Agent]) -> Iterator[Gap]:
    if agent.spec.compliance is not None and agent.spec.compliance.annexIII is None:
        what = f"agent `{agent.name}` does not say which points of Annex III it is used for"
        help = "write `annexIII: none`, or its points, such as `5(b)`"
        yield Gap(duty("AIA-004"), agent, ("compliance",), what, help)


def _derogation(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Gap]:
    """What is wrong with the claim that a use of Annex III is not of high risk."""
    given = agent.spec.compliance.derogation if agent.spec.compliance else None
    if given is None or not points(agent.spec):
        return
    least = int(fleet.parameter(RULE, "grounds"))
    grounds = given.grounds or ""
    found: list[tuple[str, str, str]] = []
    if given.condition is None:
        found.append(("condition", "`derogation.condition` is missing", "say `a`, `b`, `c` or `d`"))
    if len(grounds.strip()) < least and not (grounds and placeholder(grounds)):
        short = f"the grounds of the derogation have fewer than {least} characters"
        found.append(("grounds", short, "say why the condition holds for this use"))
    if given.profiling is None:
        found.append(("profiling", "`derogation.profiling` is missing", "say whether it profiles"))
    if given.profiling:
        always = "what profiles persons is always of high risk"
        found.append(("profiling", always, "take the derogation away"))
    for field, what, help in found:
        yield Gap(duty("AIA-005"), agent, ("compliance", "derogation", field), what, help)
