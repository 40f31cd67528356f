"""A setting stands in git for everybody to read; a credential belongs into the secret store."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("env-secret", Severity.ERROR, "a setting's name says that it is a credential")
_SECRET = re.compile(r"(PASSWORD|PASSWD|SECRET|API_?KEY|PRIVATE_KEY|ACCESS_KEY|(?<!MAX_)TOKEN)S?$")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a setting's name says that it is a credential."""
    for server in fleet.graph.all(MCPServer):
        for name in server.spec.env:
            if _SECRET.search(name):
                yield RULE.at(
                    server.key_at("env", name),
                    f"`{name}` looks like a credential",
                    help="move it to `secrets`, by reference",
                )
    for p, process in enumerate(fleet.platform.processes):
        for name in process.env:
            if _SECRET.search(name):
                span = fleet.platform_resource.key_at("processes", p, "env", name)
                yield RULE.at(span, f"`{name}` looks like a credential", help="move it out of git")
