"""PM2 ignores a setting that it does not know, and starts nothing if one has the wrong type."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.pm2 import SETTINGS, fault
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean

RULE = Rule("process-option", Severity.ERROR, "PM2 would ignore or reject a setting")
_WRITTEN = {
    "name": "name", "namespace": "", "script": "script", "args": "args", "cwd": "", "env": "env",
    "exec_mode": "mode", "instances": "instances", "max_memory_restart": "maxMemory",
    "interpreter": "interpreter", "exec_interpreter": "interpreter",
}  # fmt: skip
"""Settings that are always written, and the field of a process that sets each."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every option that PM2 would ignore or reject, or that another field sets."""
    platform = fleet.platform_resource
    for p, process in enumerate(fleet.platform.processes):
        for name, value in process.options.items():
            span = platform.key_at("processes", p, "options", name)
            if name in _WRITTEN or name.startswith("env_"):
                field = _WRITTEN.get(name, "environments")
                help = f"use `{field}` of the process" if field else "drop it"
                yield RULE.at(span, f"`{name}` cannot be an option: it is always set", help=help)
            elif why := fault(name, value):
                help = "" if name in SETTINGS else did_you_mean(name, SETTINGS)
                yield RULE.at(span, f"`{name}`: {why}", help=help)
