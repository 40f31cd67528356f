"""What the components of monitoring share: their ports, and which of them connects to which."""

from __future__ import annotations

from compiler.chart.facts import Site, Workload, connections, peer, workload
from compiler.derive.retention import Stream

PORTS = {"prometheus": 9090, "loki": 3100, "grafana": 3000, "alertmanager": 9093}
OWN = 8888
"""The port at which the collector serves metrics about itself."""
CONNECTS = {
    "collector": ("prometheus", "loki"),
    "prometheus": ("loki", "grafana", "alertmanager"),
    "loki": (),
    "grafana": ("prometheus", "loki", "alertmanager"),
    "alertmanager": (),
}
"""Which of them connects to which, each at its one port. That Prometheus connects to the collector
at `OWN` is added where both are described."""


class Monitor(Workload):
    """What decides on the objects of one of them. `others`: the addresses that it connects to."""

    port: int
    others: dict[str, str]


def monitor(site: Site, port: int) -> Monitor:
    """A component that serves at a port, with its connections by the table."""
    parts, key = site.parts, site.part.key
    clients = [peer(parts[other]) for other, to in CONNECTS.items() if key in to and other in parts]
    servers = {other: parts[other] for other in CONNECTS[key] if other in parts}
    egress = [
        connection
        for other, part in servers.items()
        for connection in connections([peer(part)], PORTS[other])
    ]
    others = {
        other: f"{part.name}.{part.namespace}.svc:{PORTS[other]}" for other, part in servers.items()
    }
    base = workload(site, connections(clients, port), egress)
    return {**base, "port": port, "others": others}


def logs(site: Site) -> list[Stream]:
    """The logs of the agents that run in the cluster."""
    agents = {(a.project.name, a.name) for a in site.fleet.agents if a.cluster is site.cluster}
    return [s for s in site.fleet.streams if (s.project.name, s.agent.name) in agents]
