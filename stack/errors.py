"""The error that ends a command of the stack with one line and exit code 2."""

from __future__ import annotations


class StackError(Exception):
    """What was asked for cannot be done: wrong usage, or a broken environment; str() says why."""
