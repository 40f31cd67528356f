"""A variable that is set twice has one value, and which one depends on the order."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, repeated
from compiler.model import MCPServer

RULE = Rule("env-twice", Severity.ERROR, "a variable of a server is set twice")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every secret whose name another secret, or a plain setting, has already."""
    for server in fleet.graph.all(MCPServer):
        places = [(name, server.key_at("env", name)) for name in server.spec.env]
        secrets = enumerate(server.spec.secrets)
        places += [(secret.name, server.at("secrets", s, "name")) for s, secret in secrets]
        for name, span, first in repeated(places):
            message = f"`{name}` is set twice"
            yield RULE.at(span, message, help="keep one of them", related=[first])
