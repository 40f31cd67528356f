"""The configuration of an agent's pod: its tools in `access.json`, its servers in `mcp.json`."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts, Node, Object, from_json
from compiler.verify.gathering import gather
from compiler.verify.labels import COMPONENT, NAME
from compiler.verify.places import Addresses, destinations, find_addresses
from compiler.verify.pods import WORKLOADS
from compiler.verify.relation import Call, Fault, Finding, Instance, Report, compare
from compiler.verify.specs import Estate

ACCESS = "access.json"
SERVERS = "mcp.json"


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the tools in agents' configurations that they can reach; they can ask a human."""
    findings, judged = gather(estate, artefacts, _cluster)
    wanted = [
        call
        for cluster in judged
        if not estate.clusters[cluster].kagent
        for call in estate.calls(cluster)
    ]
    return compare("agent-config", findings, wanted, approvals=True)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    homes = {project.agents_namespace: project.name for project in estate.projects.values()}
    configs = {
        (config.namespace, config.name): config
        for config in artefacts.all(cluster, "ConfigMap")
        if config.namespace in homes and not config.node["data"][ACCESS].absent
    }
    for kind in WORKLOADS:
        for workload in artefacts.all(cluster, kind):
            if workload.spec["template"]["metadata"]["labels"].pairs().get(COMPONENT) == "agent":
                names = {name for home, name in configs if home == workload.namespace}
                yield from _mounts(cluster, workload, names)
    addresses = find_addresses(estate, artefacts, cluster)
    for (home, name), config in configs.items():
        who = Call(cluster, homes[home], name, "", "", "")
        yield from _configured(estate, addresses, who, config)


def _mounts(cluster: str, workload: Object, names: set[str]) -> Iterator[Fault]:
    """An agent must mount its own configuration, not that of another agent."""
    template = workload.spec["template"]
    name = template["metadata"]["labels"].pairs().get(NAME, workload.name)
    mounted = set(_mounted(template["spec"])) & names
    if mounted != {name}:
        what = ", ".join(sorted(mounted)) or "no agent"
        yield Fault(f"{cluster}: {workload.namespace}/{name} has the configuration of {what}")


def _mounted(pod: Node) -> Iterator[str]:
    """The ConfigMaps that a pod mounts."""
    for volume in pod["volumes"].items():
        yield volume["configMap"]["name"].text()
        for source in volume["projected"]["sources"].items():
            yield source["configMap"]["name"].text()


def _configured(
    estate: Estate, addresses: Addresses, who: Call, config: Object
) -> Iterator[Finding]:
    """The calls that an agent's configuration lists, and whose server it can reach."""
    data, path = config.node["data"], config.node.path
    listed = from_json(data[ACCESS].text("{}"), f"{path}: {ACCESS}")["approval"]
    entries = from_json(data[SERVERS].text("{}"), f"{path}: {SERVERS}")["mcpServers"]
    reached: set[Instance] = set()
    for name, entry in entries.fields():
        url = entry["url"].text() if entry["type"].text() == "http" else ""
        servers = set(destinations(addresses, url))
        reached |= servers
        if not any(to.server in listed.names() for to in servers):
            yield Fault(f"{path}: the server {name} leads to no server whose tools are granted")
    for server, approvals in listed.fields():
        if server not in estate.servers:
            yield Fault(f"{path}: there is no server {server}")
            continue
        home, _ = to = estate.instance(who.project, server)
        if to in reached:
            for tool, approval in approvals.pairs().items():
                yield who._replace(namespace=home, server=server, tool=tool, approval=approval)
