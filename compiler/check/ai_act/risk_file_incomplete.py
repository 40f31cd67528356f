"""Risks that are not written down are neither mitigated nor accepted by anybody (EU AI Act, Art.
9).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, lacking, told, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule(
    "risk-file-incomplete",
    Severity.ERROR,
    "a system of high risk has no complete risk file",
    {**LEAD, "residual": "medium"},
    {"residual": ("low", "medium", "high")},
)
DUTIES = ("AIA-010", "AIA-011", "AIA-013")

_LEVELS = ("low", "medium", "high")
_RISK = ("hazard", "affected", "likelihood", "severity", "mitigation", "residual", "acceptedBy")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every duty of Art. 9 that a record does not answer, but for tests."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None or not system.binds("high-provider"):
        return
    yield from absent("AIA-010", system, "risks")
    yield from _risks(fleet, system)
    yield from absent("AIA-011", system, "misuse")
    yield from _misuse(system)
    yield from absent("AIA-013", system, "minorsAndVulnerable")


def _risks(fleet: Fleet, system: System) -> Iterator[Gap]:
    assert system.record is not None
    most = str(fleet.parameter(RULE, "residual"))
    for index, risk in enumerate(system.record.spec.risks):
        route = ("risks", index)
        yield from lacking("AIA-010", system, route, risk, _RISK, f"risk `{risk.id}`")
        if risk.residual and _LEVELS.index(risk.residual) > _LEVELS.index(most):
            what = (
                f"the residual risk of `{risk.id}` is {risk.residual}, and at most {most} is borne"
            )
            help = "mitigate it further, or do without what it comes from"
            yield wrong("AIA-010", system, (*route, "residual"), what, help)


def _misuse(system: System) -> Iterator[Gap]:
    assert system.record is not None
    known = [risk.id for risk in system.record.spec.risks]
    named = bool(known) and not any(placeholder(id) for id in known)
    for index, misuse in enumerate(system.record.spec.misuse):
        route = ("misuse", index)
        yield from lacking("AIA-011", system, route, misuse, ("description", "risk"), "a misuse")
        if named and misuse.risk is not None and misuse.risk not in known:
            what = f"a misuse leads to `{misuse.risk}`, which is no risk of the file"
            help = did_you_mean(misuse.risk, known) or "write the `id` of one of `risks`"
            yield wrong("AIA-011", system, (*route, "risk"), what, help)
