"""Checks of sizes, replicas, quotas and budgets."""
