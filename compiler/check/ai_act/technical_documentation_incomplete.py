"""Before it is put into service, a system of high risk has technical documentation that authorities
can judge it by (EU AI Act, Art. 11, Annex IV).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.due import answered
from compiler.ai_act.law import duty
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told, wrong
from compiler.derive import Fleet
from compiler.derive.versions import exact, semantic
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import LanguageModel, RiskTier

RULE = Rule(
    "technical-documentation-incomplete",
    Severity.ERROR,
    "a part of the technical documentation of a system of high risk is missing",
    {**LEAD, "years": 10},
)
DUTIES = (
    "AIA-015", "AIA-017", "AIA-018", "AIA-020", "AIA-023", "AIA-026", "AIA-027", "AIA-028",
)  # fmt: skip

_DESIGN = ("logic", "assumptions", "optimisesFor", "tradeoffs")
_SECURITY = ("poisoning", "evasion", "confidentiality", "modelFlaws")
_DECLARATION = ("responsibility", "statement", "standards", "notifiedBody", "signature")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every part of Annex IV that a record lacks and that no other check is about."""
    yield from told(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: System) -> Iterator[Gap]:
    if system.record is None or not system.binds("high-provider"):
        return
    yield from _version(system)
    yield from _floating(fleet, system)
    yield from absent("AIA-018", system, "userInterface")
    yield from absent("AIA-020", system, *(f"design.{field}" for field in _DESIGN))
    yield from absent("AIA-023", system, *(f"security.{field}" for field in _SECURITY))
    if not system.record.spec.solutions:
        yield from absent("AIA-026", system, "standards", help="name them, or write `solutions`")
    yield from _conformity(fleet, system)
    yield from absent("AIA-028", system, "qualityManagement", "documentationYears")
    yield from _years(fleet, system)


def _version(system: System) -> Iterator[Gap]:
    """Annex IV(1)(a): its version, and how that relates to earlier ones."""
    assert system.record is not None
    yield from absent("AIA-015", system, "version")
    version, before = system.record.spec.version, system.record.spec.supersedes
    new, old = semantic(version or ""), semantic(before or "")
    help = "write major, minor and patch, such as `1.4.0`"
    for field, text, parts in (("version", version, new), ("supersedes", before, old)):
        if text is not None and parts is None:
            yield wrong("AIA-015", system, field, f"`{text}` is no semantic version", help)
    if new and new > (1, 0, 0) and before is None:
        yield from absent("AIA-015", system, "supersedes", help="name the version before")
    if new and old and old >= new:
        what = f"version {version} supersedes {before}, which is not older"
        yield wrong("AIA-015", system, "supersedes", what, "name the version before")


def _floating(fleet: Fleet, system: System) -> Iterator[Gap]:
    """Models without an exact version, where no tier demands one: that is `model-floating`."""
    assert system.record is not None
    for agent in system.members:
        tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
        model = fleet.graph.get(LanguageModel, agent.spec.model)
        free = not tier.spec.exactModel and not system.record.spec.predeterminedChanges
        if free and not exact(model.spec.id):
            what = f"`{model.spec.id}` names no exact version"
            help = "write the exact id, or assess its changes in `predeterminedChanges`"
            yield Gap(duty("AIA-017"), model, ("id",), what, help)


def _conformity(fleet: Fleet, system: System) -> Iterator[Gap]:
    assert system.record is not None
    personal = answered("personalData")(fleet.graph, system)
    items = (*_DECLARATION, "dataProtection") if personal else _DECLARATION
    declaration = (f"conformity.declaration.{item}" for item in items)
    fields = ("conformity.route", *declaration, "conformity.marking")
    yield from absent("AIA-027", system, *fields)
    given = system.record.spec.conformity
    others = any(a.spec.compliance and a.spec.compliance.safetyComponent for a in system.members)
    biometric = any(point.startswith("1(") for point in system.points)
    if given and given.route == "notified-body" and not others and not biometric:
        what = "a notified body assesses no system of points 2 to 8 of Annex III"
        help = "assess it by internal control (Annex VI)"
        yield wrong("AIA-027", system, "conformity.route", what, help)


def _years(fleet: Fleet, system: System) -> Iterator[Gap]:
    assert system.record is not None
    years, least = system.record.spec.documentationYears, int(fleet.parameter(RULE, "years"))
    if years is not None and years < least:
        what = f"papers are kept for {years} years, and {least} are the least"
        yield wrong("AIA-028", system, "documentationYears", what, f"keep them for {least} years")
