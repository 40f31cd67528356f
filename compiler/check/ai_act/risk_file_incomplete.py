"""Risks that are not written down are neither mitigated nor accepted by anybody (EU AI Act, Art.
9).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law.duties import FORESEEABLE_MISUSE, RISK_FILE, VULNERABLE_GROUPS
from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, lacking, report, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule(
    "risk-file-incomplete",
    Severity.ERROR,
    "a high-risk system has no complete risk file",
    {**LEAD, "residual": "medium"},
    {"residual": ("low", "medium", "high")},
)
DUTIES = (RISK_FILE, FORESEEABLE_MISUSE, VULNERABLE_GROUPS)

_LEVELS = ("low", "medium", "high")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every duty of Art. 9 that a record does not answer, but for tests."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if not system.binds("high-provider"):
        return
    yield from absent(RISK_FILE, system)
    yield from _risks(fleet, system)
    yield from absent(FORESEEABLE_MISUSE, system)
    yield from _misuse(system)
    yield from absent(VULNERABLE_GROUPS, system)


def _risks(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    most = str(fleet.parameter(RULE, "residual"))
    for index, risk in enumerate(system.spec.risks):
        route = ("risks", index)
        yield from lacking(RISK_FILE, system, route, risk, f"risk `{risk.id}`")
        if risk.residual and _LEVELS.index(risk.residual) > _LEVELS.index(most):
            risk_is = f"the residual risk of `{risk.id}` is {risk.residual}"
            what = f"{risk_is}, but at most {most} is accepted"
            help = "mitigate it further, or do without what it comes from"
            yield wrong(RISK_FILE, system, (*route, "residual"), what, help)


def _misuse(system: RecordedSystem) -> Iterator[Gap]:
    risks = [risk.id for risk in system.spec.risks]
    complete = bool(risks) and not any(placeholder(risk) for risk in risks)
    for index, misuse in enumerate(system.spec.misuse):
        route = ("misuse", index)
        yield from lacking(FORESEEABLE_MISUSE, system, route, misuse, "a misuse")
        if complete and misuse.risk is not None and misuse.risk not in risks:
            what = f"a misuse leads to `{misuse.risk}`, which is not in the risk file"
            help = did_you_mean(misuse.risk, risks) or "write the `id` of one of `risks`"
            yield wrong(FORESEEABLE_MISUSE, system, (*route, "risk"), what, help)
