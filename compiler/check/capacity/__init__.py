"""Checks of sizes, replicas, volumes, quotas and budgets."""

CHECKS = (
    "budget_exceeded",
    "budget_sum",
    "quota_too_small",
    "request_above_limit",
    "scaling_inverted",
    "shared_volume",
    "stdio_scaled",
    "stdio_sessions",
    "sticky_autoscaled",
)
"""The modules of this folder, each one check."""
