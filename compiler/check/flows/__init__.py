"""Checks of what agents can do together, over delegation and workflows."""
