"""The bridges of the local stack: who may call which tools of a server on a laptop.

A bridge (`stack/bridge.py`) starts one server, identifies agents by their tokens, lists the tools
of an agent's entry and refuses all others.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts, Malformed, Node, from_json
from compiler.verify.clients import granted, without_package
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the calls that bridges let through."""
    findings: list[Finding] = []
    ports: dict[tuple[str, int], str] = {}
    for path in sorted(artefacts.files):
        parts = path.split("/")
        if parts[0] == "pm2" and parts[2:3] == ["servers"]:
            try:
                bridge = from_json(artefacts.files[path], path)
                findings += tuple(_bridge(estate, parts[1], path, bridge))
                other = ports.setdefault((parts[1], bridge["port"].number()), path)
                if other != path:
                    findings.append(Fault(f"{path}: {other} has the same port"))
            except Malformed as wrong:
                findings.append(Fault(str(wrong)))
    wanted = [call for call in granted(estate) if estate.servers[call.server].package]
    return compare("stack", findings, wanted, inexpressible=without_package(estate))


def _bridge(estate: Estate, project: str, path: str, bridge: Node) -> Iterator[Finding]:
    server = bridge["server"].text()
    if path != f"pm2/{project}/servers/{server}.json" or bridge["project"].text() != project:
        yield Fault(f"{path}: it is the bridge of {bridge['project'].text()}/{server}")
    if server in estate.servers and bridge["command"].texts() != estate.servers[server].package:
        yield Fault(f"{path}: it starts another program than the package of {server}")
    for caller, tools in bridge["tools"].fields():
        home, _, agent = caller.partition(".")
        who = (home, agent) if home == project else ("", caller)
        for tool in tools.texts():
            yield Call("", *who, "", server, tool)
