"""What is recorded, where, and for how long (Art. 12, 19, 26(6))."""

from __future__ import annotations

from typing import get_args

from compiler.ai_act.applicability import identifies_remotely
from compiler.derive.retention import in_loki, in_store
from compiler.emit.compliance.sheet import Facts, Sheet
from compiler.model import MCPServer
from compiler.model.audit import Event


def facts(sheet: Sheet) -> Facts:
    """Events, and for each agent the days for which each store keeps its log."""
    fleet, graph = sheet.fleet, sheet.fleet.graph
    recorded = sheet.read("logging.events") or ()
    servers = sorted({grant.call.server for grant in sheet.grants()})
    return {
        "events": [{"name": e, "recorded": e in recorded} for e in get_args(Event)],
        "streams": [
            {
                "agent": stream.agent.name,
                "tier": stream.tier.name,
                "days": stream.days,
                "loki": in_loki(fleet, stream),
                "audit": in_store(fleet, stream),
            }
            for stream in fleet.streams
            if stream.project.name == sheet.project
        ],
        "calls": [
            {"server": name, "recorded": graph.get(MCPServer, name).spec.audit} for name in servers
        ],
        "biometric": identifies_remotely(sheet.system),
    }
