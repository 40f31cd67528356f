"""What an agent's card says of data: what goes in and out, who holds it, what is kept."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.emit.cards.components import digest
from compiler.emit.cards.facts import granted, systems, used
from compiler.emit.cards.words import codes, gap, section, tabled
from compiler.emit.format.markdown import Block, Code, Content, Definitions, Paragraph
from compiler.graph import Resource
from compiler.model import Agent, ContextSpace, LanguageModel, RiskTier


def blocks(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """The sections about data."""
    yield from section("Inputs and outputs", _inputs(fleet, agent))
    yield from section("Data", *_data(fleet, agent))
    yield from section("Memory and context", *_memory(fleet, agent))
    yield from section("Logging", *_logging(fleet, agent))


def _inputs(fleet: Fleet, agent: Resource[Agent]) -> Block:
    prompt = agent.spec.prompt
    schema = prompt.inputSchema
    said: list[tuple[str, Content]] = [
        ("Input", "text, and the results of its tools"),
        ("Output", "text, and calls of its tools"),
        ("Prompt", (Code(prompt.file), f", version {prompt.version}")),
        ("Digest of the prompt (SHA-256)", _digest(fleet, prompt.file)),
        ("Schema of its input", Code(schema) if schema else gap("prompt.inputSchema")),
    ]
    if schema:
        said.append(("Digest of the schema (SHA-256)", _digest(fleet, schema)))
    return Definitions(said)


def _digest(fleet: Fleet, name: str) -> Content:
    found = digest(fleet, name)
    return Code(found) if found else gap("prompt", f": there is no file {name}")


def _data(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """Data classes and the outside, server by server; the model's supplier sees all of it."""
    answers, model = agent.spec.compliance, fleet.graph.get(LanguageModel, agent.spec.model).spec
    personal: Content = gap("compliance.personalData")
    if answers is not None:
        personal = "yes" if answers.personalData else "no"
    yield Definitions(
        [
            ("Takes data of persons", personal),
            ("Its model is called at", (Code(model.endpoint), f", by {model.provider}")),
        ]
    )
    rows: list[tuple[Content, ...]] = [
        (Code(s.name), s.spec.dataClass, s.spec.trust, codes(s.spec.egress))
        for s in used(fleet, agent)
    ]
    head = ("Server", "Most sensitive data", "Hints of its tools", "Calls outside")
    yield tabled(head, rows, "It reaches no server.")


def _memory(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    kept = (
        "is kept beyond a conversation" if agent.spec.memory.longTerm else "outlives a conversation"
    )
    lead = "Something" if agent.spec.memory.longTerm else "Nothing"
    yield Paragraph(f"A conversation is kept for {agent.spec.memory.sessionTTL}. {lead} {kept}.")
    rows = [
        (
            Code(space.name),
            use,
            space.spec.dataClass,
            space.spec.ttl,
            ", ".join(space.spec.redaction) or "-",
        )
        for space in fleet.graph.all(ContextSpace)
        if (use := _use(space.spec, agent.name))
    ]
    head = ("Context space", "Use", "Most sensitive data", "Kept for", "Redacted")
    yield tabled(head, rows, "It uses no context space.")


def _use(space: ContextSpace, name: str) -> str:
    reads = ["reads"] * (name in space.readers)
    return " and ".join(reads + ["writes"] * any(w.agent == name for w in space.writers))


def _logging(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Block]:
    """What its tier demands, what each system's record says, and which servers log calls."""
    days = fleet.graph.get(RiskTier, agent.spec.riskTier).spec.logRetentionDays
    yield Paragraph(f"Its risk tier asks for logs of {days} days.")
    rows: list[tuple[Content, ...]] = []
    for system in systems(fleet, agent):
        given = system.record.spec.logging if system.record else None
        if given is None:
            missing = gap("logging", " (Art. 12, 19)")
            rows.append((system.project.name, missing, missing, missing))
            continue
        kept = (
            f"{given.retentionDays} days" if given.retentionDays else gap("logging.retentionDays")
        )
        events: Content = ", ".join(given.events) or gap("logging.events")
        rows.append((system.project.name, events, given.store or gap("logging.store"), kept))
    yield tabled(
        ("Project", "Events", "Store", "Kept for"),
        rows,
        "No record under the EU AI Act speaks of it.",
    )
    silent = [s.name for s in used(fleet, agent) if not s.spec.audit]
    if granted(fleet, agent):
        yield Paragraph(("Servers that do not log its calls: ", *codes(silent)))
