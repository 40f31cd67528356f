"""Settings are readable in git; a credential belongs in the secret store."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("env-secret", Severity.ERROR, "a setting looks like a credential by its name")
_SECRET = re.compile(
    r"(?!MAX_)\w*(PASSWORD|PASSWD|PASSPHRASE|PGPASS|SECRET(_KEY)?|API_?KEY|PRIVATE_KEY|ACCESS_KEY"
    r"|AUTH_KEY|CREDENTIALS?|TOKEN|_PAT)"
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every such setting of a server, a package or a process."""
    for server in fleet.graph.all(MCPServer):
        package = server.spec.package
        names: list[tuple[str, ...]] = [("env", name) for name in server.spec.env]
        names += [("package", "env", name) for name in (package.env if package else ())]
        for route in names:
            if _SECRET.fullmatch(route[-1]):
                message = f"`{route[-1]}` looks like a credential"
                help = "move it to `secrets`, by reference"
                yield RULE.at(server.key_at(*route), message, help=help)
    for p, process in enumerate(fleet.platform.processes):
        places: list[tuple[str, ...]] = [("env", name) for name in process.env]
        places += [("environments", e, n) for e, some in process.environments.items() for n in some]
        for place in places:
            if _SECRET.fullmatch(place[-1]):
                span = fleet.platform_resource.key_at("processes", p, *place)
                help = "move it to `secrets`, by name"
                yield RULE.at(span, f"`{place[-1]}` looks like a credential", help=help)
