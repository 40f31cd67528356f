"""Who steals a credential that two programs share has both, and nobody can tell who called."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("secret-shared", Severity.ERROR, "two servers use one credential")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where two servers use one credential."""
    seen: dict[tuple[str, str], tuple[str, Label]] = {}
    for server in fleet.graph.all(MCPServer):
        for s, secret in enumerate(server.spec.secrets):
            span = server.at("secrets", s, "key")
            first = seen.setdefault((secret.key, secret.property), (server.name, Label(span, "")))
            if first[0] != server.name:
                yield RULE.at(
                    span,
                    f"servers `{first[0]}` and `{server.name}` share the credential `{secret.key}`",
                    help="give each one of its own",
                    related=[Label(first[1].span, "used here too")],
                )
