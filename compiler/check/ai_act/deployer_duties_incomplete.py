"""Who uses a system of high risk has duties of their own towards those whom it is about (EU AI Act,
Art. 26, 27, 49(3), 86).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.due import due, listed
from compiler.ai_act.fields import value
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "deployer-duties-incomplete",
    Severity.ERROR,
    "who uses a system of high risk does not answer what a deployer must",
    LEAD,
)
DUTIES = ("AIA-080", "AIA-081", "AIA-082", "AIA-083", "AIA-084", "AIA-085")

_WORKERS = ("measure", "audience", "date")
_RIGHTS = ("processes", "period", "persons", "harms", "oversight", "measures")
_WHERE_DUE = {
    "AIA-081": tuple(f"deployer.workersInformed.{field}" for field in _WORKERS),
    "AIA-082": ("deployer.personsInformed", "deployer.explanations"),
    "AIA-083": ("deployer.dataProtection", "deployer.dataProtectionDate"),
    "AIA-084": tuple(f"fria.{field}" for field in _RIGHTS),
    "AIA-085": ("registration.deployer",),
}


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every duty of a deployer that a record does not answer."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    yield from absent("AIA-080", system, "deployer.inputData")
    yield from absent("AIA-081", system, "deployer.workplace")
    yield from _status(fleet, system)
    for id, fields in _WHERE_DUE.items():
        if due(fleet.graph, system, id):
            yield from absent(id, system, *fields)


def _status(fleet: Fleet, system: System) -> Iterator[Gap]:
    """What must be known to say whether an assessment and a registration are due."""
    if not listed(fleet.graph, system):
        return
    yield from absent("AIA-085", system, "deployer.publicAuthority")
    authority = value(system.record and system.record.spec, "deployer.publicAuthority")
    if authority is not None and not due(fleet.graph, system, "AIA-084"):
        yield from absent("AIA-084", system, "deployer.publicService")
