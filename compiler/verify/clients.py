"""Client configurations of laptops: the servers that each agent's client starts, or calls.

Three clients, three notations for a value that is not in the file. Servers without a
published package cannot be started on a laptop.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from compiler.verify.artefacts import Artefacts, Malformed, Node, from_json
from compiler.verify.relation import TOOLS, Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate

NO_PACKAGE = "a laptop cannot start a server without a package"


class Client(NamedTuple):
    """A client: its report's name, its file, where it lists servers, and a reference to a value."""

    name: str
    file: str
    servers: str
    reference: re.Pattern[str]


CLIENTS = (
    Client("clients-claude", ".mcp.json", "mcpServers", re.compile(r"\$\{[A-Z_][A-Z0-9_]*\}")),
    Client("clients-vscode", ".vscode/mcp.json", "servers", re.compile(r"\$\{input:([^{}]+)\}")),
    Client("clients-cursor", ".cursor/mcp.json", "mcpServers", re.compile(r"\$\{env:[A-Z_0-9]+\}")),
)
LOCAL = "local/"
"""The folder of the second file of a client, which leads to the local stack."""


def read(client: Client, estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the servers that a client starts for each agent."""
    findings: list[Finding] = []
    for project, agent, path in files(artefacts, client.file):
        try:
            config = from_json(artefacts.files[path], path)
            who = Call("", project, agent, "", "", "")
            findings += tuple(_listed(estate, client, who, config))
            if client.file.startswith(LOCAL):
                findings += tuple(_elsewhere(artefacts, project, config[client.servers]))
        except Malformed as wrong:
            findings.append(Fault(str(wrong)))
    wanted = [call for call in granted(estate) if estate.servers[call.server].package]
    silent = [(TOOLS, pair) for pair in estate.narrowed(wanted)]
    silent += without_package(estate)
    return compare(client.name, findings, {call.pair for call in wanted}, inexpressible=silent)


READERS: tuple[Callable[[Estate, Artefacts], Report], ...] = tuple(
    partial(read, variant)
    for client in CLIENTS
    for variant in (client, client._replace(name=f"{client.name}-local", file=LOCAL + client.file))
)


def granted(estate: Estate) -> Iterator[Call]:
    """Every grant, outside of clusters."""
    for (project, agent, server, tool), approval in estate.grants.items():
        yield Call("", project, agent, "", server, tool, approval)


def without_package(estate: Estate) -> list[tuple[str, Call]]:
    """The grants that no laptop can use."""
    return [
        (NO_PACKAGE, call) for call in granted(estate) if not estate.servers[call.server].package
    ]


def files(artefacts: Artefacts, name: str) -> Iterator[tuple[str, str, str]]:
    """The files of one name in every agent's folder: project, agent and path."""
    for path in sorted(artefacts.files):
        parts = path.split("/", 3)
        if parts[0] == "clients" and len(parts) == 4 and parts[3] == name:
            yield parts[1], parts[2], path


def _listed(estate: Estate, client: Client, who: Call, config: Node) -> Iterator[Finding]:
    inputs = {input["id"].text() for input in config["inputs"].items()}
    for name, entry in config[client.servers].fields():
        yield who._replace(server=name)
        secrets = estate.servers[name].secrets if name in estate.servers else frozenset[str]()
        for key, value in _values(entry):
            match = client.reference.fullmatch(value.text().removeprefix("Bearer "))
            unasked = match and match.re.groups and match[1] not in inputs
            if (key in secrets or key == "Authorization") and (not match or unasked):
                yield Fault(f"{value.path}: `{value.route}` is not a reference to a value")


def _elsewhere(artefacts: Artefacts, project: str, servers: Node) -> Iterator[Fault]:
    """The local entries that do not lead to the bridge of their server."""
    for name, entry in servers.fields():
        path = f"pm2/{project}/servers/{name}.json"
        bridge = from_json(artefacts.files.get(path, "{}"), path)
        url = f"http://127.0.0.1:{bridge['port'].number()}{bridge['path'].text()}"
        if entry["url"].text() != url:
            yield Fault(f"{servers.path}: {name} does not lead to its bridge")
        if entry["headers"]["Authorization"].absent:
            yield Fault(f"{servers.path}: {name} is called without a token")


def _values(entry: Node) -> Iterator[tuple[str, Node]]:
    """The settings of a server that can hold a credential."""
    yield from entry["env"].fields()
    yield from entry["headers"].fields()
