"""What the agents' ML-BOMs claim: who may call which tool, and whether a human is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.verify.artefacts import Artefacts, Malformed, Node, from_json
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate

_FOLDER, _SUFFIX = "cards/", ".cdx.json"
_FLEET = "cards/fleet.cdx.json"
_GRANT = "roster:grant:"


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the grants in each agent's BOM, and in that of the fleet."""
    wanted = [
        Call("", project, agent, "", server, tool, approval)
        for (project, agent, server, tool), approval in estate.grants.items()
    ]
    paths = (path for path in artefacts.files if path.startswith(_FOLDER))
    own = [path for path in paths if path.endswith(_SUFFIX) and path.count("/") == 1]
    try:
        findings = [*_cards(artefacts, own)]
    except Malformed as wrong:
        return Report("cards", 0, faults=(str(wrong),))
    return compare("cards", findings, wanted, approvals=True)


def _cards(artefacts: Artefacts, paths: Iterable[str]) -> Iterator[Finding]:
    """The calls that agents' own BOMs claim; the fleet's must claim the same."""
    claimed: set[Finding] = set()
    for path in paths:
        if path != _FLEET:
            bom = from_json(artefacts.files[path], path)
            claimed.update(_agent(bom, bom["metadata"]["component"]))
    yield from claimed
    whole = from_json(artefacts.files.get(_FLEET, ""), _FLEET)
    in_fleet = {call for component in whole["components"].items() for call in _calls(component)}
    calls = {call for call in claimed if isinstance(call, Call)}
    for call in sorted(in_fleet ^ calls):
        where = "an agent's own BOM" if call in calls else _FLEET
        what = f"{call.project}/{call.agent} {call.server}/{call.tool} ({call.approval})"
        yield Fault(f"{_FLEET}: only {where} has {what}")


def _agent(bom: Node, subject: Node) -> Iterator[Finding]:
    """The grants in a BOM of an agent; the tools that it lists must be the granted ones."""
    if bom.path != f"{_FOLDER}{subject['name'].text()}{_SUFFIX}":
        yield Fault(f"{bom.path}: it describes {subject['name'].text()}")
    calls = tuple(_calls(subject))
    yield from calls
    listed = {
        (server["name"].text(), tool["name"].text())
        for server in bom["services"].items()
        for tool in server["services"].items()
    }
    granted = {(call.server, call.tool) for call in calls}
    for server, tool in sorted(listed ^ granted):
        which = (
            "granted, but not listed" if (server, tool) in granted else "listed, but not granted"
        )
        yield Fault(f"{bom.path}: {server}/{tool} is {which}")


def _calls(component: Node) -> Iterator[Call]:
    for property in component["properties"].items():
        name = property["name"].text()
        if name.startswith(_GRANT):
            parts = name.removeprefix(_GRANT).split(":")
            if len(parts) != 3:
                raise property["name"].wrong("a project, a server and a tool")
            project, server, tool = parts
            agent = component["name"].text()
            yield Call("", project, agent, "", server, tool, property["value"].text())
