"""Who uses a high-risk system has duties of their own towards those whom it is about (EU AI Act,
Art. 26, 27, 49(3), 86).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.applicability import applies, listed
from compiler.ai_act.fields import value
from compiler.ai_act.law.duties import (
    DATA_PROTECTION_ASSESSMENT,
    FUNDAMENTAL_RIGHTS_ASSESSMENT,
    INPUT_DATA,
    PERSONS_INFORMED,
    PUBLIC_AUTHORITY_REGISTRATION,
    WORKERS_INFORMED,
)
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "deployer-duties-incomplete",
    Severity.ERROR,
    "a deployer of a high-risk system does not answer all that is required",
    LEAD,
)
DUTIES = (
    INPUT_DATA,
    WORKERS_INFORMED,
    PERSONS_INFORMED,
    DATA_PROTECTION_ASSESSMENT,
    FUNDAMENTAL_RIGHTS_ASSESSMENT,
    PUBLIC_AUTHORITY_REGISTRATION,
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every duty of a deployer that a record does not answer."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(INPUT_DATA, system)
    yield from absent(WORKERS_INFORMED, system, "deployer.workplace")
    yield from _status(fleet, system)
    for duty in (duty for duty in DUTIES if duty.when is not None):
        if applies(fleet.graph, system, duty):
            yield from absent(duty, system)


def _status(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    """What must be known to say whether an assessment and a registration are due."""
    if not listed(system):
        return
    yield from absent(PUBLIC_AUTHORITY_REGISTRATION, system, "deployer.publicAuthority")
    authority = value(system.spec, "deployer.publicAuthority")
    if authority is not None and not applies(fleet.graph, system, FUNDAMENTAL_RIGHTS_ASSESSMENT):
        yield from absent(FUNDAMENTAL_RIGHTS_ASSESSMENT, system, "deployer.publicService")
