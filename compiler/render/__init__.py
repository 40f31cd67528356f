"""Diagnostics to what people and machines read. FORMATS is the table."""

from compiler.render.machine import github, json, sarif
from compiler.render.text import short, text

__all__ = ["github", "json", "sarif", "short", "text"]
