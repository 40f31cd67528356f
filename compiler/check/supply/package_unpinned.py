"""`npx -y name` runs the latest published version, even a malicious one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import MCPServer

RULE = Rule("package-unpinned", Severity.ERROR, "a package is started without its exact version")
_EXACT = re.compile(r"v?\d+(\.\d+)+([-+._]?[0-9A-Za-z]+([.+-][0-9A-Za-z]+)*)?")
_FETCHING = frozenset({"npx", "uvx", "pipx", "bunx", "pnpm", "go", "uv", "docker", "podman"})


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every place where a package is started without its exact version."""
    for server in fleet.graph.all(MCPServer):
        package = server.spec.package
        if package is None:
            continue
        if not _EXACT.fullmatch(package.version):
            message = f"`{package.version}` is not an exact version"
            span = server.at("package", "version")
            yield RULE.at(span, message, help="write one version, such as `1.4.0`")
        elif package.command[0].rpartition("/")[2] in _FETCHING and not any(
            re.search(rf"(@|==|:)v?{re.escape(package.version)}$", part) for part in package.command
        ):
            yield RULE.at(
                server.at("package", "command"),
                f"the command of `{server.name}` does not name version {package.version}",
                help=f"write `{package.name}@{package.version}`",
                related=[Label(server.at("package", "version"), "the version")],
            )
