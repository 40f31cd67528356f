"""ToolHive (0.44): one VirtualMCPServer before all servers of a namespace, and Cedar for calls.

It lists a tool as `<entry>_<tool>`. Without an authorization block every caller with a token may
call every tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from compiler.verify import cedar
from compiler.verify.artefacts import Artefacts, Malformed, Node, Object, from_json
from compiler.verify.callers import candidates, tools, words
from compiler.verify.cedar import Request
from compiler.verify.gateway import TOOL_GATEWAY, Endpoint, Gateway, Pod
from compiler.verify.gathering import agree, report_calls, unknown
from compiler.verify.labels import INSTANCE
from compiler.verify.labels import NAME as APP
from compiler.verify.places import Addresses, find_addresses, instance, place
from compiler.verify.relation import Call, Fault, Finding, Instance, Report
from compiler.verify.specs import Estate

NAME = "toolhive"
GROUP = "toolhive.stacklok.dev"
JUDGED = ("VirtualMCPServer", "MCPGroup", "MCPServerEntry", "MCPOIDCConfig", "MCPAuthzConfig")
PREFIX = "{workload}_"
AGGREGATION = ("conflictResolution", "conflictResolutionConfig")
BEYOND = ("compositeTools", "compositeToolRefs", "optimizer")
"""Settings by which tools can be called under other names."""

Entries = Mapping[str, Instance]
"""The servers behind a VirtualMCPServer, by the names that its tools begin with."""


class Authorization(NamedTuple):
    """The policies for calls; None: there are none, and every call is allowed."""

    policies: str | None
    entities: tuple[object, ...] = ()
    named: frozenset[str] = frozenset()


def _pods(artefacts: Artefacts, cluster: str) -> Iterator[Pod]:
    for virtual in artefacts.all(cluster, "VirtualMCPServer", GROUP):
        labels = {
            APP: "virtualmcpserver",
            INSTANCE: virtual.name,
            "app": "virtualmcpserver",
            "toolhive": "true",
            "toolhive-name": virtual.name,
            **virtual.spec["podTemplateSpec"]["metadata"]["labels"].pairs(),
        }
        account = virtual.spec["serviceAccount"].text(f"{virtual.name}-vmcp")
        yield Pod(virtual.namespace, virtual.name, "proxy", account, labels, (4483,))


GATEWAY = Gateway(
    NAME,
    _pods,
    account=lambda _: f"{TOOL_GATEWAY}-vmcp",
    endpoint=lambda _: Endpoint("http", f"vmcp-{TOOL_GATEWAY}", "/mcp"),
    prefix="{}_",
)


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the calls that ToolHive permits, tool by tool."""
    return report_calls(NAME, estate, artefacts, _cluster)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    yield from unknown(artefacts, cluster, GROUP, JUDGED)
    issuers = artefacts.all(cluster, "MCPOIDCConfig", GROUP)
    yield from agree(cluster, "MCPOIDCConfigs", (virtual.spec.value for virtual in issuers))
    addresses = find_addresses(estate, artefacts, cluster)
    for virtual in artefacts.all(cluster, "VirtualMCPServer", GROUP):
        entries: dict[str, Instance] = {}
        for entry in _entries(estate, artefacts, cluster, addresses, virtual):
            if isinstance(entry, Fault):
                yield entry
            else:
                entries.update([entry])
        yield from _listed(virtual)
        try:
            rules = _authorization(artefacts, cluster, virtual)
        except ValueError as error:  # the workload does not start
            yield Fault(f"{virtual.node.path}: its policies cannot be read: {error}")
            continue
        if not _checked(artefacts, cluster, virtual) or rules.policies is None:
            yield Fault(f"{virtual.node.path}: it does not authorize calls")
            rules = Authorization(None)
        yield from _permitted(estate, cluster, virtual, entries, rules)


def _entries(
    estate: Estate, artefacts: Artefacts, cluster: str, addresses: Addresses, virtual: Object
) -> Iterator[tuple[str, Instance] | Fault]:
    """The entries of its group, each with the server that it leads to."""
    group = virtual.spec["groupRef"]["name"].text()
    groups = {(g.namespace, g.name) for g in artefacts.all(cluster, "MCPGroup", GROUP)}
    if (virtual.namespace, group) not in groups:
        yield Fault(f"{virtual.node.path}: there is no group {group}")
        return
    for entry in artefacts.all(cluster, "MCPServerEntry", GROUP):
        inside = entry.spec["groupRef"]["name"].text() == group
        if not inside or entry.namespace != virtual.namespace:
            continue
        url = entry.spec["remoteUrl"].text()
        to = place(url)
        host = f"{to.service}.{to.namespace}" if to else ""
        server = to and instance(estate, addresses, host, to.port, to.path)
        if "cluster.local" in url:  # v0.44 refuses hosts inside the cluster
            yield Fault(f"{entry.node.path}: ToolHive refuses {url}")
        elif server and entry.spec["transport"].text() == "streamable-http":
            yield entry.name, server
        else:
            yield Fault(f"{entry.node.path}: {url} leads to no server of the specs")


def _listed(virtual: Object) -> Iterator[Fault]:
    """Settings that would give tools other names, or other routes to them."""
    config = virtual.spec["config"]
    aggregation = config["aggregation"]
    usual = aggregation["conflictResolution"].text("prefix") == "prefix"
    format = aggregation["conflictResolutionConfig"]["prefixFormat"].text(PREFIX) or PREFIX
    other = [key for key in aggregation.names() if key not in AGGREGATION]
    if not usual or format != PREFIX or other:
        yield Fault(f"{virtual.node.path}: `spec.config.aggregation` is not known to this reader")
    for key in BEYOND:
        if not config[key].absent:
            yield Fault(f"{virtual.node.path}: `spec.config.{key}` bypasses the policies")


def _checked(artefacts: Artefacts, cluster: str, virtual: Object) -> bool:
    """Whether a caller must show a token that an issuer signed for this gateway."""
    incoming = virtual.spec["incomingAuth"]
    ref = incoming["oidcConfigRef"]
    configured = {
        (config.namespace, config.name)
        for config in artefacts.all(cluster, "MCPOIDCConfig", GROUP)
        if config.spec[config.spec["type"].text()].names()
    }
    signed = (virtual.namespace, ref["name"].text()) in configured and bool(ref["audience"].text())
    return incoming["type"].text() == "oidc" and signed


def _authorization(artefacts: Artefacts, cluster: str, virtual: Object) -> Authorization:
    """Its Cedar policies, from the object it refers to or written inline."""
    incoming = virtual.spec["incomingAuth"]
    inline = incoming["authzConfig"]["inline"]
    texts, entities = inline["policies"], inline["entitiesJson"]
    if not incoming["authzConfigRef"].absent:
        name = incoming["authzConfigRef"]["name"].text()
        configs = [
            config.spec
            for config in artefacts.all(cluster, "MCPAuthzConfig", GROUP)
            if (config.namespace, config.name) == (virtual.namespace, name)
        ]
        if not configs or configs[0]["type"].text() != "cedarv1":
            raise ValueError(f"there is no Cedar configuration {name}")
        texts, entities = configs[0]["config"]["policies"], configs[0]["config"]["entities_json"]
        if not texts.items():
            raise ValueError(f"{name} has no policy")
    if not texts.items():
        return Authorization(None)
    policies = cedar.first_statements(texts.texts())
    return Authorization(policies, _author_entities(entities), words(texts.value))


def _author_entities(entities: Node) -> tuple[object, ...]:
    """The entities that the author adds, in the shape that Cedar reads."""
    items = from_json(entities.text("[]") or "[]", entities.path).items()
    for item in items:
        if item["uid"]["type"].absent or item["uid"]["id"].absent:
            raise Malformed(f"{entities.path}: `{entities.route}` is not a list of entities")
    return tuple(item.value for item in items)


def _permitted(
    estate: Estate, cluster: str, virtual: Object, entries: Entries, rules: Authorization
) -> Iterator[Call]:
    """The calls that get through to any server behind it."""
    asked = dict(_requests(estate, cluster, entries, rules.named))
    hints = {
        f"{entry}_{tool}": some
        for entry, to in entries.items()
        for tool, some in estate.servers[to.server].hints.items()
    }
    requests = sorted(asked)
    if rules.policies is None:
        yield from asked.values()
        return
    allowed = cedar.decide(rules.policies, requests, hints, virtual.name, rules.entities)
    for request, yes in zip(requests, allowed, strict=True):
        if yes:
            yield asked[request]


def _requests(
    estate: Estate, cluster: str, entries: Entries, named: frozenset[str]
) -> Iterator[tuple[Request, Call]]:
    """The requests about each server, each with the call that it represents."""
    for entry, to in entries.items():
        start = f"{entry}_"
        stems = {word.removeprefix(start) for word in named if word.startswith(start)}
        names = tools(estate.servers[to.server].tools, stems)
        for caller in candidates(estate, estate.users(cluster)[to], named):
            for tool in names:
                call = Call(cluster, caller.project, caller.shown, *to, tool)
                yield Request(caller.subject, f"{start}{tool}"), call
