"""The card of a language model for people: which one, its supplier's papers, who runs on it."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.emit.cards import front_matter
from compiler.emit.cards.facts import classes, runs_on
from compiler.emit.cards.words import foot, gap, or_gap, owner, results, section, tabled
from compiler.emit.format.markdown import (
    Block,
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
from compiler.model import LanguageModel


def model_page(fleet: Fleet, model: Resource[LanguageModel]) -> File:
    """`cards/models/<model>.md`."""
    body = document(_blocks(fleet, model))
    text = front_matter.page(front_matter.of_model(fleet, model), body)
    users = (Origin("Use cases", agent, ("model",)) for agent in runs_on(fleet, model))
    return File(f"cards/models/{model.name}.md", text, (Origin("", model), *users))


def _blocks(fleet: Fleet, model: Resource[LanguageModel]) -> Iterator[Block]:
    spec = model.spec
    yield Heading(1, spec.displayName)
    yield from section("Overview", _overview(fleet, model))
    yield from section("The supplier's papers", _papers(spec))
    rows: list[tuple[Content, ...]] = [
        (
            Link(agent.spec.displayName, f"../{agent.name}.md"),
            agent.spec.purpose,
            agent.spec.riskTier,
            ", ".join(f"{p}: {found}" for p, found in classes(fleet, agent).items()) or "-",
        )
        for agent in runs_on(fleet, model)
    ]
    head = ("Agent", "Purpose", "Risk tier", "Class under the EU AI Act, by project")
    yield from section("Use cases", tabled(head, rows, "No agent runs on it."))
    cutoff = or_gap(spec.knowledgeCutoff, "knowledgeCutoff")
    yield from section(
        "Known limitations",
        Definitions([("Knowledge ends", cutoff)]),
        Paragraph(("All others: see ", Link("the supplier's card", spec.card), ".")),
    )
    yield from section("Evaluation", results(fleet, spec.evaluation))
    yield from foot(model, law=bool(fleet.systems))


def _overview(fleet: Fleet, model: Resource[LanguageModel]) -> Block:
    spec = model.spec
    bom = f"{model.name}.cdx.json"
    return Definitions(
        [
            ("Name", Code(model.name)),
            ("Exact id", Code(spec.id)),
            ("Served by", (f"{spec.provider}, at ", Code(spec.endpoint))),
            ("Owner", owner(fleet, model.owner, "metadata.owner")),
            ("Licence", spec.licence),
            ("Context window", f"{spec.contextWindow} tokens"),
            ("Longest answer", f"{spec.maxOutputTokens} tokens"),
            ("Input price", f"{spec.inputPrice!r} US dollars for a million tokens"),
            ("Output price", f"{spec.outputPrice!r} US dollars for a million tokens"),
            ("Switched off", str(spec.retires) if spec.retires else "no day is announced"),
            ("Bill of materials", Link(bom, bom)),
        ]
    )


def _papers(spec: LanguageModel) -> Block:
    missing = gap("annexXII", " (Art. 53(1)(b))")
    given: Content = Link("the supplier's papers", spec.annexXII) if spec.annexXII else missing
    return Definitions(
        [
            ("Model or system card", Link("the supplier's card", spec.card)),
            ("Usage policy", Link("the supplier's policy", spec.terms)),
            ("For those who build on it (Annex XII)", given),
            ("Written agreement", or_gap(spec.agreement, "agreement", " (Art. 25(4))")),
        ]
    )
