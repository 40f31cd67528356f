"""Checks of workflows, their topics and context spaces."""

CHECKS = (
    "context_outside_team",
    "context_tie",
    "context_unredacted",
    "durability_lost",
    "route_twice",
    "step_twice",
    "topic_unknown",
)
"""The modules of this folder, each one check."""
