"""What happens after a serious incident, and how a system is monitored in use (Art. 72, 73)."""

from __future__ import annotations

from compiler.ai_act.law import duties
from compiler.emit.compliance.sheet import Facts, Sheet


def facts(sheet: Sheet) -> Facts:
    """Who suspends its use."""
    name = sheet.read("incident.suspension")
    return {"suspends": sheet.person(duties.INCIDENT_REPORTING, name)}


def monitoring(sheet: Sheet) -> Facts:
    """Who reviews it in use."""
    name = sheet.read("postMarket.owner")
    return {"reviewer": sheet.person(duties.POST_MARKET_MONITORING, name)}
