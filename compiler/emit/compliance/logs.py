"""What is recorded, where, and for how long (Art. 12, 19, 26(6))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from compiler.derive.quantity import seconds
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.markdown import Block, Code, Definitions, Paragraph, Strong, Table
from compiler.model import MCPServer, RiskTier
from compiler.model.audit import Event

_BIOMETRIC = {
    "period": "Period of each use",
    "database": "Reference database",
    "match": "Input that led to a match",
    "verifiers": "Who verified",
}
_DAY = 86_400


def body(sheet: Sheet) -> Iterator[Block]:
    """Events, the store, how long each agent's records are kept, biometrics."""
    yield sheet.heading("Events", "AIA-030")
    kept = sheet.found("logging.events") or ()
    yield Table(
        ("Event", "Recorded"),
        [
            (Code(event), "yes" if event in kept else sheet.gap("AIA-030"))
            for event in get_args(Event)
        ],
    )
    yield Definitions([("Store", sheet.answer("AIA-030", "logging.store"))])
    yield from _retention(sheet)
    yield from _calls(sheet)
    if sheet.binds("AIA-032"):
        yield sheet.heading("Remote biometric identification", "AIA-032")
        if "1(a)" in sheet.system.points:
            yield sheet.answers("AIA-032", "logging.biometric", _BIOMETRIC)
        else:
            yield Paragraph("Does not apply: no agent is used for Annex III(1)(a).")


def _calls(sheet: Sheet) -> Iterator[Block]:
    """Which servers' calls are logged, as their specs say."""
    yield sheet.heading("Calls of tools")
    calls: dict[str, str] = {}
    for server in sorted({grant.call.server for grant in sheet.grants()}):
        audit = sheet.fleet.graph.get(MCPServer, server).spec.audit
        calls[server] = "each call, with who called what" if audit else "not recorded"
    yield Table(("Server", "What is recorded"), [(Code(n), said) for n, said in calls.items()])


def _retention(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("Retention", "AIA-031")
    wanted: int | None = sheet.found("logging.retentionDays")
    days = sheet.said("AIA-031", wanted)
    yield Definitions([("Days that the record demands", days), ("Days in Loki", _loki(sheet))])
    graph = sheet.fleet.graph
    tiers = {a.name: graph.get(RiskTier, a.spec.riskTier) for a in sheet.system.members}
    yield Table(
        ("Agent", "Business tier", "Days that the tier demands", "Days, the longer of both"),
        [
            (
                Code(name),
                tier.name,
                str(tier.spec.logRetentionDays),
                str(max(tier.spec.logRetentionDays, wanted or 0)),
            )
            for name, tier in tiers.items()
        ],
    )


def _loki(sheet: Sheet) -> tuple[str | Strong, ...]:
    """How long the platform's own Loki keeps logs, beside what is demanded of it."""
    components = sheet.fleet.platform.components
    loki = components.loki if components else None
    if loki is None:
        return ("the platform deploys none",)
    kept = seconds(loki.retention) // _DAY
    wanted = sheet.found("logging.retentionDays")
    short = sheet.found("logging.store") == "loki" and wanted is not None and kept < wanted
    return (f"{kept}; ", Strong(f"shorter than the {wanted} demanded")) if short else (str(kept),)
