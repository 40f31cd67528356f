"""The card of an agent for people: what it is, what it may do, what can go wrong, who stops it.

Its sections follow NVIDIA's template for cards of agents, in our words.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.by_agent import members
from compiler.emit.cards import data, front_matter, operations
from compiler.emit.cards.facts import delegates, granted, homes, systems, used
from compiler.emit.cards.words import (
    codes,
    foot,
    gap,
    listed,
    old_results,
    or_gap,
    owner,
    section,
    tabled,
)
from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Definitions,
    Heading,
    Link,
    Paragraph,
    document,
)
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, RiskTier

_MODES = {
    "autonomous": "bounded by its grants; it acts alone within them",
    "approval": "bounded by its grants; it asks a human before some calls",
    "supervised": "bounded by its grants; people watch it all the time",
}
_STOPS = {
    "scale-to-zero": "it is scaled to no replicas",
    "deny-policy": "a policy denies all of its calls",
    "kill-switch": "a switch ends it at once",
}

_GATES = {"direct": "nothing: whoever reaches it may call all", "mesh": "the mesh"}


def agent_page(fleet: Fleet, agent: Resource[Agent]) -> File:
    """`cards/<agent>.md`."""
    body = document(_blocks(fleet, agent))
    text = front_matter.page(front_matter.of_agent(fleet, agent), body)
    model = fleet.graph.get(LanguageModel, agent.spec.model)
    tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
    teams = [
        Origin("Deployment", home, ("agents", index))
        for home in homes(fleet, agent)
        for index, entry in enumerate(home.spec.agents)
        if str(entry.agent) == agent.name
    ]
    servers = [Origin("Operations allowed", one) for one in used(fleet, agent)]
    records = [Origin("Classification", one.record) for one in systems(fleet, agent) if one.record]
    about = (Origin("", agent), Origin("Architecture", model), Origin("Risk tier", tier))
    return File(f"cards/{agent.name}.md", text, (*about, *teams, *servers, *records))


def _blocks(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    spec = agent.spec
    yield Heading(1, spec.displayName)
    yield Paragraph(spec.purpose)
    yield from section("Overview", _overview(fleet, agent))
    yield from section("Use cases", Bullets([one.replace("-", " ") for one in spec.capabilities]))
    yield from section("Out of scope", listed(spec.card.outOfScope, "card.outOfScope"))
    yield from section("Classification", *_classes(fleet, agent))
    yield from section("Autonomy", _autonomy(agent))
    yield from section("Deployment", _deployment(fleet, agent))
    yield from section("Known limitations", listed(spec.card.limitations, "card.limitations"))
    risks = [(one.risk, one.mitigation) for one in spec.card.risks]
    yield from section("Known risks", tabled(("Risk", "What is done"), risks, gap("card.risks")))
    yield from section("Fail-safe", *_fail_safe(fleet, agent))
    yield from section("Architecture", *_architecture(fleet, agent))
    yield from operations.blocks(fleet, agent)
    yield from data.blocks(fleet, agent)
    yield from section("Evaluation", old_results(fleet, spec.evaluation))
    yield from section("Security controls", *_controls(fleet, agent))
    yield from foot(agent, law=bool(systems(fleet, agent)))


def _overview(fleet: Fleet, agent: Resource[Agent]) -> Block:
    spec = agent.spec
    model = fleet.graph.get(LanguageModel, spec.model).spec
    bom = f"{agent.name}.cdx.json"
    return Definitions(
        [
            ("Name", Code(agent.name)),
            ("Owner", owner(fleet, agent.owner, "metadata.owner")),
            ("Role", spec.role),
            ("Licence", f"of its model: {model.licence}; of its own program: not stated"),
            ("Prompt", f"version {spec.prompt.version}"),
            ("Image", Code(str(spec.image))),
            ("Bill of materials", Link(bom, bom)),
        ]
    )


def _classes(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """The business tier beside the Act's classes: they are two things."""
    tier = fleet.graph.get(RiskTier, agent.spec.riskTier)
    level = tier.spec.level
    yield Paragraph(f"Risk tier: {tier.name} (level {level}). It is a tier of our business.")
    under = {system.project.name: system for system in systems(fleet, agent)}
    rows: list[tuple[Content, ...]] = []
    for project in homes(fleet, agent):
        system = under.get(project.name)
        if system is None:
            rows.append((project.name, "does not answer to the EU AI Act", "-", "-", "-"))
            continue
        page = f"../compliance/{project.name}/README.md"
        own, whole = system.classes[agent.name], system.ai_class
        flows = [
            f"{w.name}: {system.workflow_classes[w.name]}"
            for w in system.workflows
            if agent.name in members(w)
        ]
        rows.append((project.name, own, ", ".join(flows) or "-", whole, Link("documents", page)))
    head = ("Project", "Class by its own answers", "Workflows", "The whole system", "Record")
    yield tabled(head, rows, "It is in no team.")


def _autonomy(agent: Resource[Agent]) -> Block:
    given = agent.spec.oversight
    below = or_gap(given.escalation, "oversight.escalation")
    return Definitions(
        [
            ("Level", f"{given.mode}: {_MODES[given.mode]}"),
            ("Confidence", f"below {agent.spec.confidenceThreshold!r} it does not act"),
            ("Then it goes to", below),
        ]
    )


def _deployment(fleet: Fleet, agent: Resource[Agent]) -> Block:
    rows: list[tuple[Content, ...]] = [
        (
            one.project.name,
            one.cluster.name,
            one.cluster.spec.environment,
            Code(one.namespace),
            str(one.replicas),
            "kagent" if one.kagent else "a Deployment",
        )
        for one in fleet.by_agent.running.get(agent.name, ())
    ]
    head = ("Project", "Cluster", "Environment", "Namespace", "Replicas", "Run by")
    return tabled(head, rows, "It is deployed nowhere.")


def _fail_safe(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    given = agent.spec.oversight
    waits = sum(grant.approval == "human" for grant in granted(fleet, agent))
    stop: Content = f"{given.stop}: {_STOPS[given.stop]}" if given.stop else gap("oversight.stop")
    yield Definitions(
        [
            ("Stop", stop),
            ("Who stops it", owner(fleet, given.owner, "oversight.owner")),
            ("Humans in the loop", f"{waits} of {len(granted(fleet, agent))} grants wait for one"),
            ("Enforcement", "what is not granted is refused; nothing is granted by a wildcard"),
        ]
    )


def _architecture(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    model = fleet.graph.get(LanguageModel, agent.spec.model)
    card = f"models/{model.name}.md"
    flows = fleet.by_agent.workflows.get(agent.name, ())
    givers = sorted(fleet.by_agent.delegators.get(agent.name, ()))
    yield Definitions(
        [
            ("Model", (Link(model.spec.displayName, card), ", exactly ", Code(model.spec.id))),
            ("Hands work to", codes(one.name for one in delegates(fleet, agent))),
            ("Gets work from", codes(givers)),
            ("Workflows", codes(f"{flow.spec.project}.{flow.name}" for flow in flows)),
            ("Servers", codes(server.name for server in used(fleet, agent))),
        ]
    )


def _controls(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """What stands between it and each server, cluster by cluster; and its own rights."""
    digest = agent.spec.image.digest
    rights = [f"{', '.join(r.verbs)} on {', '.join(r.resources)}" for r in agent.spec.kubernetes]
    yield Definitions(
        [
            ("Image by digest", Code(digest) if digest else gap("image.digest")),
            ("Its rights on the Kubernetes API", "; ".join(rights) or "none"),
        ]
    )
    places: dict[tuple[str, str, str], list[str]] = {}
    for one in fleet.by_agent.running.get(agent.name, ()):
        for server in one.servers:
            proof = server.server.spec.authentication
            gate = server.gateway.name if server.gateway else "direct"
            places.setdefault((server.name, gate, proof), []).append(one.cluster.name)
    rows = [
        (Code(server), ", ".join(sorted(set(clusters))), _GATES.get(gate, gate), proof)
        for (server, gate, proof), clusters in sorted(places.items())
    ]
    head = ("Server", "Clusters", "Decided tool by tool by", "Clients prove themselves by")
    yield tabled(head, rows, "It reaches no server in a cluster.")
