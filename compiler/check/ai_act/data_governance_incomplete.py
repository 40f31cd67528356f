"""What a system was made and tested with decides whom it fails (EU AI Act, Art. 10)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, lacking, told
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "data-governance-incomplete",
    Severity.ERROR,
    "a system of high risk does not say what data it was made and tested with",
    LEAD,
)
DUTIES = ("AIA-014",)

_SET = ("provenance", "purpose", "bias", "gaps")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system without data for tests, and every data set that is not described."""
    yield from told(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: System) -> Iterator[Gap]:
    data = system.record.spec.data if system.record else None
    yield from absent("AIA-014", system, "data.testing")
    if data is None or not system.binds("high-provider"):
        return
    for kind, sets in (("training", data.training), ("testing", data.testing)):
        for index, one in enumerate(sets):
            route = ("data", kind, index)
            yield from lacking("AIA-014", system, route, one, _SET, f"data set `{one.name}`")
