"""Checks of what agents can do together, over delegation and shared memory."""

CHECKS = (
    "approval_bypassed",
    "code_execution",
    "confused_deputy",
    "delegate_outside_team",
    "delegation_cycle",
    "delegation_deep",
    "delegation_widens",
    "lethal_trifecta",
    "memory_shared",
    "rule_of_two",
    "step_outside_team",
    "untrusted_change",
    "widening_unused",
)
"""The modules of this folder, each one check."""
