"""What an agent's pod is told: its tools in `access.json`, its servers in `mcp.json`."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts, Node, Object, from_json
from compiler.verify.gathering import gather
from compiler.verify.labels import COMPONENT, NAME
from compiler.verify.places import Doors, destinations, doors
from compiler.verify.pods import WORKLOADS
from compiler.verify.relation import Call, Fault, Finding, Instance, Report, compare
from compiler.verify.specs import Estate

ACCESS = "access.json"
SERVERS = "mcp.json"


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the tools that agents are told of, and can reach; they can ask a human."""
    found, judged = gather(estate, artefacts, _cluster)
    wanted = [
        call
        for cluster in judged
        if not estate.clusters[cluster].kagent
        for call in estate.calls(cluster)
    ]
    return compare("agent-config", found, wanted, approvals=True)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    homes = {project.agents_namespace: project.name for project in estate.projects.values()}
    told = {
        (one.namespace, one.name): one
        for one in artefacts.all(cluster, "ConfigMap")
        if one.namespace in homes and not one.node["data"][ACCESS].absent
    }
    for kind in WORKLOADS:
        for one in artefacts.all(cluster, kind):
            if one.spec["template"]["metadata"]["labels"].pairs().get(COMPONENT) == "agent":
                yield from _own(cluster, one, {n for home, n in told if home == one.namespace})
    known = doors(estate, artefacts, cluster)
    for (home, name), one in told.items():
        yield from _told(estate, known, Call(cluster, homes[home], name, "", "", ""), one)


def _own(cluster: str, one: Object, told: set[str]) -> Iterator[Fault]:
    """An agent must be told what it may do itself, not what another may."""
    template = one.spec["template"]
    name = template["metadata"]["labels"].pairs().get(NAME, one.name)
    mounted = set(_mounted(template["spec"])) & told
    if mounted != {name}:
        what = ", ".join(sorted(mounted)) or "nobody"
        yield Fault(f"{cluster}: {one.namespace}/{name} is told the tools of {what}")


def _mounted(pod: Node) -> Iterator[str]:
    """The ConfigMaps that a pod mounts."""
    for volume in pod["volumes"].items():
        yield volume["configMap"]["name"].text()
        for source in volume["projected"]["sources"].items():
            yield source["configMap"]["name"].text()


def _told(estate: Estate, known: Doors, who: Call, one: Object) -> Iterator[Finding]:
    """The calls of an agent that are named to it and lead somewhere."""
    data, path = one.node["data"], one.node.path
    listed = from_json(data[ACCESS].text("{}"), f"{path}: {ACCESS}")["approval"]
    entries = from_json(data[SERVERS].text("{}"), f"{path}: {SERVERS}")["mcpServers"]
    reached: set[Instance] = set()
    for name, entry in entries.fields():
        url = entry["url"].text() if entry["type"].text() == "http" else ""
        found = set(destinations(known, url))
        reached |= found
        if not any(to.server in listed.names() for to in found):
            yield Fault(f"{path}: the server {name} leads to none whose tools are granted")
    for server, approvals in listed.fields():
        if server not in estate.servers:
            yield Fault(f"{path}: there is no server {server}")
            continue
        home, _ = to = estate.instance(who.project, server)
        if to in reached:
            for tool, approval in approvals.pairs().items():
                yield who._replace(namespace=home, server=server, tool=tool, approval=approval)
