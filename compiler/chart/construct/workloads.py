"""The objects of a component, added to its chart: what runs, what feeds it, and who reaches it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from compiler.chart.facts import Connection, Workload
from compiler.emit.format.json import Object
from compiler.emit.format.kubernetes import network, secrets, workloads

if TYPE_CHECKING:
    from cdk8s import Chart

_OWN = ("apiVersion", "kind", "metadata")


def _add(chart: Chart, object: Object) -> None:
    """Put an object into a chart."""
    from cdk8s import ApiObject, ApiObjectMetadata, JsonPatch

    kind, meta = object["kind"], ApiObjectMetadata(**object["metadata"])
    version, id = object["apiVersion"], f"{kind} {meta.name}"
    added = ApiObject(chart, id, api_version=version, kind=kind, metadata=meta)
    for field, value in object.items():
        if field not in _OWN:
            added.add_json_patch(JsonPatch.add(f"/{field}", value))


def _metadata(facts: Workload, name: str = "") -> Object:
    """Name (the component's, unless another is given), namespace and labels."""
    own = {"name": name or facts["name"], "namespace": facts["namespace"]}
    return {**own, "labels": facts["labels"]}


def account(chart: Chart, facts: Workload) -> None:
    """An identity of its own, without a token in its pods."""
    _add(chart, workloads.service_account(_metadata(facts)))


def config(chart: Chart, facts: Workload, data: Mapping[str, str], name: str = "") -> None:
    """A ConfigMap, of the component's name unless another is given."""
    _add(chart, workloads.config_map(_metadata(facts, name), data))


def secret(
    chart: Chart,
    facts: Workload,
    data: Mapping[str, tuple[str, str]],
    template: Mapping[str, str] | None = None,
) -> None:
    """A Secret that External Secrets fills: per key, the path and field in the store.

    With a template its files are what the Secret holds, made of the values.
    """
    _add(chart, secrets.external(facts["secrets"], _metadata(facts), data, template))


def service(
    chart: Chart,
    facts: Workload,
    ports: Mapping[str, int],
    *,
    name: str = "",
    headless: bool = False,
    only: Mapping[str, str] | None = None,
) -> None:
    """A stable address; headless: one for each pod, ready or not; `only`: of pods with labels."""
    listed = [{"name": n, "port": port, "targetPort": n} for n, port in ports.items()]
    more = workloads.HEADLESS if headless else {}
    selector = {**facts["selector"], **(only or {})}
    _add(chart, workloads.service(_metadata(facts, name), selector, listed, **more))


def stateful_set(chart: Chart, facts: Workload, pod: Object, *, service: str) -> None:
    """Pods with a volume `data` each, which stays when they go."""
    _add(
        chart,
        workloads.stateful_set(
            _metadata(facts),
            facts["selector"],
            pod,
            facts["replicas"],
            service=service,
            claim=workloads.claim(facts["size"], "ReadWriteOnce", facts["selector"]),
            podManagementPolicy="OrderedReady",
            updateStrategy={"type": "RollingUpdate"},
        ),
    )
    _budget(chart, facts)


def deployment(chart: Chart, facts: Workload, pod: Object) -> None:
    """Pods that are alike, replaced one by one."""
    own, replicas = _metadata(facts), facts["replicas"]
    _add(chart, workloads.deployment(own, facts["selector"], pod, replicas))
    _budget(chart, facts)


def _budget(chart: Chart, facts: Workload) -> None:
    if facts["replicas"] > 1:
        _add(chart, workloads.disruption_budget(_metadata(facts), facts["selector"]))


def network_policy(chart: Chart, facts: Workload) -> None:
    """The connections that the facts name come in and get out, and no others."""
    meshed = facts["meshed"]
    ingress = [
        rule
        for connection in facts["ingress"]
        for rule in _rules("from", connection, meshed=meshed)
    ]
    egress = [
        rule for connection in facts["egress"] for rule in _rules("to", connection, meshed=meshed)
    ]
    policy = network.policy(
        _metadata(facts),
        facts["selector"],
        ingress=[*ingress, *([network.PROBES] if meshed else [])],
        egress=[*egress, *network.internet(facts["internet"])],
    )
    _add(chart, policy)


def _rules(side: network.Side, connection: Connection, *, meshed: bool) -> list[Object]:
    peers = [network.peer(peer["namespace"], peer["labels"]) for peer in connection["peers"]]
    return network.rules(side, peers, connection["ports"], mesh=meshed)
