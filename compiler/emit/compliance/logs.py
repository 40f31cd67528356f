"""What is recorded, where, and for how long (Art. 12, 19, 26(6))."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from compiler.ai_act.law import duties
from compiler.derive.retention import Stream, in_loki, in_store, streams
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import (
    Block,
    Code,
    Content,
    Definitions,
    Paragraph,
    Strong,
    Table,
)
from compiler.model import MCPServer
from compiler.model.audit import Event

_BIOMETRIC = {
    "period": "Period of each use",
    "database": "Reference database",
    "match": "Input that led to a match",
    "verifiers": "Who verified",
}


def body(sheet: Sheet) -> Iterator[Block]:
    """Events, the store, how long each agent's records are kept, biometrics."""
    yield sheet.heading("Events", duties.EVENTS_LOGGED)
    kept = sheet.found("logging.events") or ()
    yield Table(
        ("Event", "Recorded"),
        [
            (Code(event), "yes" if event in kept else sheet.gap(duties.EVENTS_LOGGED))
            for event in get_args(Event)
        ],
    )
    yield Definitions([("Store", sheet.answer(duties.EVENTS_LOGGED, "logging.store"))])
    yield from _retention(sheet)
    yield from _calls(sheet)
    if sheet.binds(duties.BIOMETRIC_LOGS):
        yield sheet.heading("Remote biometric identification", duties.BIOMETRIC_LOGS)
        if "1(a)" in sheet.system.points:
            yield sheet.answers(duties.BIOMETRIC_LOGS, "logging.biometric", _BIOMETRIC)
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
    """What is demanded of each agent's records, beside what the emitted settings do."""
    yield sheet.heading("Retention", duties.LOGS_KEPT)
    wanted = sheet.answer(duties.LOGS_KEPT, "logging.retentionDays")
    yield Definitions([("Days that the record demands", wanted)])
    fleet, logs = sheet.fleet, streams(sheet.fleet.graph)
    yield Table(
        ("Agent", "Business tier", "Days demanded", "Days in Loki", "Days in the audit store"),
        [
            (
                Code(log.agent.name),
                log.tier.name,
                str(log.days),
                _kept(log, in_loki(fleet, log)),
                _kept(log, in_store(fleet, log)),
            )
            for log in logs
            if log.project.name == sheet.project
        ],
    )


def _kept(log: Stream, days: int) -> Content:
    """How long a store keeps a log; what is too short stands out."""
    if days == 0:
        return "not kept"
    return str(days) if days >= log.days else Strong(f"{days}, which is too short")
