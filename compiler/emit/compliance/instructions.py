"""The instructions for use, letter by letter of Art. 13(3)."""

from __future__ import annotations

from compiler.ai_act.law import MEMBER_STATES, duties
from compiler.emit.compliance.sheet import Facts, Sheet


def facts(sheet: Sheet) -> Facts:
    """Results of tests, and what the agents' cards say."""
    members = sheet.system.members
    metrics = sheet.read("evaluation.metrics") or ()
    return {
        "abroad": sheet.read("provider.country") not in MEMBER_STATES,
        "metrics": [sheet.metric(duties.TEST_METRICS, metric) for metric in metrics],
        "agents": [
            {
                "name": agent.name,
                "cpu": agent.spec.resources.limits.cpu,
                "memory": agent.spec.resources.limits.memory,
            }
            for agent in members
        ],
        "limitations": limitations(sheet),
        "excluded": [
            {"agent": agent.name, "text": text}
            for agent in members
            for text in agent.spec.card.outOfScope
        ],
        "risks": [
            {"agent": agent.name, "risk": entry.risk, "mitigation": entry.mitigation}
            for agent in members
            for entry in agent.spec.card.risks
        ],
    }


def limitations(sheet: Sheet) -> list[Facts]:
    """What the agents cannot do, as their cards say."""
    return [
        {"agent": agent.name, "text": text}
        for agent in sheet.system.members
        for text in agent.spec.card.limitations
    ]
