"""The agent registry's own list of who may call what."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts, Malformed, Node, from_json
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate

PATH = "registry/registry.json"


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the tools that the registry lists for each agent; it can ask a human."""
    try:
        findings = tuple(_agents(from_json(artefacts.files.get(PATH, ""), PATH)))
    except Malformed as wrong:
        return Report("registry", 0, faults=(str(wrong),))
    wanted = [
        Call("", project, agent, "", server, tool, approval)
        for (project, agent, server, tool), approval in estate.grants.items()
    ]
    return compare("registry", findings, wanted, approvals=True)


def _agents(registry: Node) -> Iterator[Finding]:
    for entry in registry["agents"].items():
        identity, project = entry["id"].text(), entry["metadata"]["project"].text()
        home, _, agent = identity.partition(".")
        if home != project:
            yield Fault(f"{PATH}: `{entry.route}` is {identity}, but in project {project}")
        listed = entry["metadata"]["tools"]
        if sorted(listed.names()) != list(entry["mcpServers"].texts()):
            yield Fault(f"{PATH}: `{entry.route}` lists other servers than tools")
        for server, approvals in listed.fields():
            for tool, approval in approvals.pairs().items():
                yield Call("", project, agent, "", server, tool, approval)
