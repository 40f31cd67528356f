"""Laws change; rules that have not been compared with the law for half a year may demand too
little (EU AI
Act, Art. 113).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from compiler.ai_act.law import LAW
from compiler.ai_act.law.duties import RULES_REVIEWED
from compiler.ai_act.systems import REGIME
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "law-stale",
    Severity.WARNING,
    "the rules about the EU AI Act have not been reviewed recently",
    {"days": 180},
)
DUTIES = (RULES_REVIEWED,)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Once, at the first project that answers to the Act, where the last review is too old."""
    most = int(fleet.parameter(RULE, "days"))
    if fleet.today - LAW.reviewed <= timedelta(days=most):
        return
    for system in fleet.systems[:1]:
        index = system.project.spec.compliance.index(REGIME)
        yield RULE.at(
            system.project.at("compliance", index),
            f"the rules of {LAW.citation} were last reviewed on {LAW.reviewed}, more than {most}"
            " days ago",
            help="compare `compiler/ai_act/law/` with the current law, and record the day there",
        )
