"""Before it is put into service, a high-risk system has technical documentation that authorities
can judge it by (EU AI Act, Art. 11, Annex IV).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.applicability import answered
from compiler.ai_act.fields import leaves
from compiler.ai_act.law.duties import (
    CONFORMITY,
    CYBERSECURITY,
    DESIGN,
    DOCUMENTATION_KEPT,
    EXACT_VERSIONS,
    STANDARDS,
    SYSTEM_VERSION,
    USER_INTERFACE,
)
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report, wrong
from compiler.derive import Fleet
from compiler.derive.versions import exact, semantic
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import AISystem, LanguageModel, RiskTier

RULE = Rule(
    "technical-documentation-incomplete",
    Severity.ERROR,
    "a part of the technical documentation of a high-risk system is missing",
    {**LEAD, "years": 10},
)
DUTIES = (
    SYSTEM_VERSION, EXACT_VERSIONS, USER_INTERFACE, DESIGN, CYBERSECURITY, STANDARDS, CONFORMITY,
    DOCUMENTATION_KEPT,
)  # fmt: skip

_PERSONAL = "conformity.declaration.dataProtection"
"""What Annex V asks for only where personal data are processed."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every part of Annex IV that a record lacks and that no other check is about."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if not system.binds("high-provider"):
        return
    yield from _version(system)
    yield from _floating(fleet, system)
    yield from absent(USER_INTERFACE, system)
    yield from absent(DESIGN, system)
    yield from absent(CYBERSECURITY, system)
    if not system.spec.solutions:
        yield from absent(STANDARDS, system, "standards", help="name them, or write `solutions`")
    yield from _conformity(system)
    yield from absent(DOCUMENTATION_KEPT, system)
    yield from _years(fleet, system)


def _version(system: RecordedSystem) -> Iterator[Gap]:
    """Annex IV(1)(a): its version, and how that relates to earlier ones."""
    yield from absent(SYSTEM_VERSION, system, "version")
    version, before = system.spec.version, system.spec.supersedes
    new, old = semantic(version or ""), semantic(before or "")
    help = "write major, minor and patch, such as `1.4.0`"
    for field, text, parts in (("version", version, new), ("supersedes", before, old)):
        if text is not None and parts is None:
            yield wrong(SYSTEM_VERSION, system, field, f"`{text}` is not a semantic version", help)
    if new and new > (1, 0, 0) and before is None:
        yield from absent(SYSTEM_VERSION, system, "supersedes", help="name the version before")
    if new and old and old >= new:
        what = f"version {version} supersedes {before}, which is not older"
        yield wrong(SYSTEM_VERSION, system, "supersedes", what, "name the version before")


def _floating(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    """Models without an exact version, where no tier demands one: that is `model-floating`."""
    for agent in system.members:
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        model = fleet.graph.get(LanguageModel, agent.spec.model)
        free = not tier.spec.exactModel and not system.spec.predeterminedChanges
        if free and not exact(model.spec.id):
            what = f"`{model.spec.id}` names no exact version"
            help = "write the exact id, or assess its changes in `predeterminedChanges`"
            yield Gap(EXACT_VERSIONS, model, ("id",), what, help)


def _conformity(system: RecordedSystem) -> Iterator[Gap]:
    personal = answered(system, "personalData")
    fields = (leaf for field in CONFORMITY.fields for leaf in leaves(AISystem, field))
    yield from absent(CONFORMITY, system, *(f for f in fields if personal or f != _PERSONAL))
    conformity = system.spec.conformity
    others = any(a.spec.compliance and a.spec.compliance.safetyComponent for a in system.members)
    biometric = any(point.startswith("1(") for point in system.points)
    if conformity and conformity.route == "notified-body" and not others and not biometric:
        what = "systems of points 2 to 8 of Annex III are not assessed by a notified body"
        help = "assess it by internal control (Annex VI)"
        yield wrong(CONFORMITY, system, "conformity.route", what, help)


def _years(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    years, least = system.spec.documentationYears, int(fleet.parameter(RULE, "years"))
    if years is not None and years < least:
        what = f"papers are kept for {years} years, fewer than the {least} required"
        help = f"keep them for {least} years"
        yield wrong(DOCUMENTATION_KEPT, system, "documentationYears", what, help)
