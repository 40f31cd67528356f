"""Agents, models, prompts and packages as components of a CycloneDX BOM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256

from compiler.ai_act.evidence import Measured, measured
from compiler.derive import Fleet
from compiler.derive.files import PROMPTS
from compiler.emit.cards import packages
from compiler.emit.cards.bom import Part, properties
from compiler.emit.cards.facts import classes, granted, homes
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer, Metric, RiskTier


def agent(fleet: Fleet, one: Resource[Agent]) -> Part:
    """An agent: an application, which has no model card of its own."""
    spec = one.spec
    tier = fleet.graph.get(RiskTier, spec.riskTier).spec
    pairs: list[tuple[str, object]] = [
        ("owner", one.owner),
        ("role", spec.role),
        ("riskTier", spec.riskTier),
        ("riskTier:level", tier.level),
        *((f"aiActClass:{project}", found) for project, found in classes(fleet, one).items()),
        *(("project", project.name) for project in homes(fleet, one)),
        ("oversight:mode", spec.oversight.mode),
        ("oversight:owner", spec.oversight.owner),
        ("oversight:stop", spec.oversight.stop),
        ("confidenceThreshold", spec.confidenceThreshold),
        ("logRetentionDays", tier.logRetentionDays),
        *grants(fleet, one),
    ]
    return {
        "type": "application",
        "bom-ref": f"agent:{one.name}",
        "name": one.name,
        "version": spec.image.tag,
        "description": spec.purpose,
        "properties": properties(pairs),
        "tags": ["agent", spec.role, *spec.capabilities],
    }


def other(one: Resource[Agent], url: str) -> Part:
    """An agent that has a BOM of its own, at a relative address."""
    return {
        "type": "application",
        "bom-ref": f"agent:{one.name}",
        "name": one.name,
        "version": one.spec.image.tag,
        "description": one.spec.purpose,
        "externalReferences": [{"type": "bom", "url": url}],
    }


def grants(fleet: Fleet, one: Resource[Agent]) -> Iterator[tuple[str, object]]:
    """What an agent may call: `grant:<project>:<server>:<tool>`, and whether a human is asked."""
    for grant in granted(fleet, one):
        call = grant.call
        yield f"grant:{call.project}:{call.server}:{call.tool}", grant.approval


def model(fleet: Fleet, one: Resource[LanguageModel], users: Iterable[Resource[Agent]]) -> Part:
    """A language model with its card: what those agents use it for, and what was measured."""
    spec = one.spec
    pairs: list[tuple[str, object]] = [
        ("owner", one.owner),
        ("contextWindow", spec.contextWindow),
        ("maxOutputTokens", spec.maxOutputTokens),
        ("knowledgeCutoff", spec.knowledgeCutoff),
        ("retires", spec.retires),
        ("endpoint", spec.endpoint),
        ("agreement", spec.agreement),
    ]
    links = [
        ("model-card", spec.card, "the supplier's card"),
        ("other", spec.terms, "usage policy"),
    ]
    if spec.annexXII is not None:
        links.append(("documentation", spec.annexXII, "for those who build on it (Annex XII)"))
    return {
        "type": "machine-learning-model",
        "bom-ref": f"model:{one.name}",
        "publisher": spec.provider,
        "name": spec.id,
        "description": spec.displayName,
        "licenses": [{"license": {"name": spec.licence}}],
        "externalReferences": [
            {"type": kind, "url": url, "comment": comment} for kind, url, comment in links
        ],
        "modelCard": _card(fleet, spec, tuple(users)),
        "properties": properties(pairs),
    }


def _card(fleet: Fleet, spec: LanguageModel, users: tuple[Resource[Agent], ...]) -> Part:
    text = [{"format": "text"}]
    metrics = [*spec.evaluation, *(m for user in users for m in user.spec.evaluation)]
    results = list(performance(fleet, metrics))
    considerations = {
        "useCases": _once(user.spec.purpose for user in users),
        "technicalLimitations": _once(text for u in users for text in u.spec.card.limitations),
        "ethicalConsiderations": [
            {"name": known.risk, "mitigationStrategy": known.mitigation}
            for user in users
            for known in user.spec.card.risks
        ],
    }
    said = {key: value for key, value in considerations.items() if value}
    return {
        "modelParameters": {"task": "text-generation", "inputs": text, "outputs": text},
        **({"quantitativeAnalysis": {"performanceMetrics": results}} if results else {}),
        **({"considerations": said} if said else {}),
    }


def performance(fleet: Fleet, metrics: Iterable[Metric]) -> Iterator[Part]:
    """What evidence says of metrics; a metric without fitting evidence says nothing."""
    for metric in metrics:
        result = measured(fleet.graph, metric)
        if isinstance(result, Measured):
            where = f"{result.dataset}, {result.samples} samples, {result.date}"
            yield {"type": metric.name, "value": repr(result.value), "slice": where}


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def digest(fleet: Fleet, name: str) -> str | None:
    """The SHA-256 of a prompt or of its schema."""
    source = fleet.graph.texts.get(f"{PROMPTS}/{name}")
    return None if source is None else sha256(source.text.encode()).hexdigest()


def prompts(fleet: Fleet, one: Resource[Agent]) -> Iterator[Part]:
    """An agent's prompt, and the schema of what it is filled with, by digest."""
    given = one.spec.prompt
    yield _file(fleet, f"prompt:{one.name}", given.file, given.version, "configuration")
    if given.inputSchema is not None:
        yield _file(fleet, f"schema:{one.name}", given.inputSchema, None, "definition")


def _file(fleet: Fleet, ref: str, name: str, version: str | None, kind: str) -> Part:
    found = digest(fleet, name)
    return {
        "type": "data",
        "bom-ref": ref,
        "name": f"{PROMPTS}/{name}",
        **({"version": version} if version else {}),
        **({"hashes": [{"alg": "SHA-256", "content": found}]} if found else {}),
        "data": [{"type": kind, "name": name}],
    }


def image(one: Resource[Agent] | Resource[MCPServer]) -> Iterator[Part]:
    """The container that runs an agent or a server, if there is one."""
    if one.spec.image is not None:
        yield packages.component(f"image:{one.spec.image}", one.spec.image)


def package(server: Resource[MCPServer]) -> Iterator[Part]:
    """The published package that a server is, if it is one."""
    known = server.spec.package
    if known is not None:
        hashes = packages.hashes(known.integrity)
        yield {
            "type": "application",
            "bom-ref": f"package:{server.name}",
            "name": known.name,
            "version": known.version,
            **({"hashes": hashes} if hashes else {}),
            "purl": packages.purl(known),
        }
