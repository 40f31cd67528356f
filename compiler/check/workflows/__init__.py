"""Checks of workflows, their topics and context spaces."""
