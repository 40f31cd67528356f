"""What a system was made and tested with decides whom it fails (EU AI Act, Art. 10)."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law.duties import DATA_GOVERNANCE
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, lacking, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "data-governance-incomplete",
    Severity.ERROR,
    "a high-risk system does not say what data it was made and tested with",
    LEAD,
)
DUTIES = (DATA_GOVERNANCE,)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every system without data for tests, and every data set that is not described."""
    yield from report(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    data = system.spec.data
    yield from absent(DATA_GOVERNANCE, system)
    if data is None or not system.binds("high-provider"):
        return
    for kind, sets in (("training", data.training), ("testing", data.testing)):
        for index, entry in enumerate(sets):
            route = ("data", kind, index)
            yield from lacking(DATA_GOVERNANCE, system, route, entry, f"data set `{entry.name}`")
