"""Diagnostics as text for people, and in the formats of programs."""

from compiler.render.machine import github, json, sarif
from compiler.render.text import short, text

__all__ = ["github", "json", "sarif", "short", "text"]
