"""A variable that is set twice has one value, and which one depends on the order."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("env-twice", Severity.ERROR, "a variable of a server is set twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every secret whose name another secret, or a plain setting, has already."""
    for server in fleet.graph.all(MCPServer):
        seen = {name: Label(server.key_at("env", name), "first here") for name in server.spec.env}
        for s, secret in enumerate(server.spec.secrets):
            span = server.at("secrets", s, "name")
            if (first := seen.get(secret.name)) is not None:
                message = f"`{secret.name}` is set twice"
                yield RULE.at(span, message, help="keep one of them", related=[first])
            seen.setdefault(secret.name, Label(span, "first here"))
