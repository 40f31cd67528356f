"""What a deployer of high risk answers (Art. 26)."""

from __future__ import annotations

from compiler.emit.compliance.sheet import Facts, Sheet


def facts(sheet: Sheet) -> Facts:
    """The agents that process personal data."""
    answers = ((agent.name, agent.spec.compliance) for agent in sheet.system.members)
    return {"personal": [name for name, answer in answers if answer and answer.personalData]}
