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


def agent(fleet: Fleet, agent: Resource[Agent]) -> Part:
    """An agent: an application, which has no model card of its own."""
    spec = agent.spec
    tier = fleet.graph.get(RiskTier, spec.riskTier).spec
    pairs: list[tuple[str, object]] = [
        ("owner", agent.owner),
        ("role", spec.role),
        ("riskTier", spec.riskTier),
        ("riskTier:level", tier.level),
        *(
            (f"aiActClass:{project}", ai_class)
            for project, ai_class in classes(fleet, agent).items()
        ),
        *(("project", project.name) for project in homes(fleet, agent)),
        ("oversight:mode", spec.oversight.mode),
        ("oversight:owner", spec.oversight.owner),
        ("oversight:stop", spec.oversight.stop),
        ("confidenceThreshold", spec.confidenceThreshold),
        ("logRetentionDays", tier.logRetentionDays),
        *grants(fleet, agent),
    ]
    return {
        "type": "application",
        "bom-ref": f"agent:{agent.name}",
        "name": agent.name,
        "version": spec.image.tag,
        "description": spec.purpose,
        "properties": properties(pairs),
        "tags": ["agent", spec.role, *spec.capabilities],
    }


def other(agent: Resource[Agent], url: str) -> Part:
    """An agent that has a BOM of its own, at a relative address."""
    return {
        "type": "application",
        "bom-ref": f"agent:{agent.name}",
        "name": agent.name,
        "version": agent.spec.image.tag,
        "description": agent.spec.purpose,
        "externalReferences": [{"type": "bom", "url": url}],
    }


def grants(fleet: Fleet, agent: Resource[Agent]) -> Iterator[tuple[str, object]]:
    """What an agent may call: `grant:<project>:<server>:<tool>`, and whether a human is asked."""
    for grant in granted(fleet, agent):
        call = grant.call
        yield f"grant:{call.project}:{call.server}:{call.tool}", grant.approval


def model(fleet: Fleet, model: Resource[LanguageModel], users: Iterable[Resource[Agent]]) -> Part:
    """A language model with its card: what those agents use it for, and what was measured."""
    spec = model.spec
    pairs: list[tuple[str, object]] = [
        ("owner", model.owner),
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
        "bom-ref": f"model:{model.name}",
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
            {"name": entry.risk, "mitigationStrategy": entry.mitigation}
            for user in users
            for entry in user.spec.card.risks
        ],
    }
    considered = {key: value for key, value in considerations.items() if value}
    return {
        "modelParameters": {"task": "text-generation", "inputs": text, "outputs": text},
        **({"quantitativeAnalysis": {"performanceMetrics": results}} if results else {}),
        **({"considerations": considered} if considered else {}),
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


def prompts(fleet: Fleet, agent: Resource[Agent]) -> Iterator[Part]:
    """An agent's prompt, and the schema of what it is filled with, by digest."""
    prompt = agent.spec.prompt
    yield _file(fleet, f"prompt:{agent.name}", prompt.file, prompt.version, "configuration")
    if prompt.inputSchema is not None:
        yield _file(fleet, f"schema:{agent.name}", prompt.inputSchema, None, "definition")


def _file(fleet: Fleet, ref: str, name: str, version: str | None, kind: str) -> Part:
    content = digest(fleet, name)
    return {
        "type": "data",
        "bom-ref": ref,
        "name": f"{PROMPTS}/{name}",
        **({"version": version} if version else {}),
        **({"hashes": [{"alg": "SHA-256", "content": content}]} if content else {}),
        "data": [{"type": kind, "name": name}],
    }


def image(resource: Resource[Agent] | Resource[MCPServer]) -> Iterator[Part]:
    """The container that runs an agent or a server, if there is one."""
    if resource.spec.image is not None:
        yield packages.component(f"image:{resource.spec.image}", resource.spec.image)


def package(server: Resource[MCPServer]) -> Iterator[Part]:
    """The published package that a server is, if it is one."""
    published = server.spec.package
    if published is not None:
        hashes = packages.hashes(published.integrity)
        yield {
            "type": "application",
            "bom-ref": f"package:{server.name}",
            "name": published.name,
            "version": published.version,
            **({"hashes": hashes} if hashes else {}),
            "purl": packages.purl(published),
        }
