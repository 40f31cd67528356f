"""The rules of all stages."""

from __future__ import annotations

from compiler import admit, chart, check, decode, emit, link, lock, parse, scan, tool_lock
from compiler.cli import inputs
from compiler.diagnostic import Rule


def all_rules() -> dict[str, Rule]:
    """By code, in the order of the stages."""
    stages = (inputs, parse, scan, lock, tool_lock, decode, link, check, chart, emit, admit)
    rules = [rule for stage in stages for rule in stage.RULES]
    rules += [module.RULE for module in check.CHECKS]
    return {rule.code: rule for rule in rules}
