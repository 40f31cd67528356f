"""The head of a card that Hugging Face's tools read: keys of its model card metadata, in YAML."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from compiler.ai_act.evidence import Measured, measured
from compiler.derive import Fleet
from compiler.emit.cards.facts import classes, homes
from compiler.emit.format.yaml import dump
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, Metric, RiskTier

KNOWN_LICENCES = frozenset(
    [
        "apache-2.0",
        "mit",
        "bsd-3-clause",
        "cc-by-4.0",
        "cc-by-nc-4.0",
        "gemma",
        "llama3.1",
        "openrail",
    ]
)
"""Licences with an id of their own there; any other is `other`, with its name."""
_TASK = "text-generation"


def page(head: dict[str, Any], body: str) -> str:
    """A card: what stands at its head, and its Markdown."""
    return f"---\n{dump(head)}---\n\n{body}"


def of_agent(fleet: Fleet, agent: Resource[Agent]) -> dict[str, Any]:
    """The head of an agent's card: licence and base model are those of the model it runs on."""
    spec = agent.spec
    model = fleet.graph.get(LanguageModel, spec.model).spec
    level = fleet.graph.get(RiskTier, spec.riskTier).spec.level
    judged = sorted({f"eu-ai-act-{ai_class}" for ai_class in classes(fleet, agent).values()})
    notices = (home.spec.notices for home in homes(fleet, agent))
    languages = _languages(locale for notice in notices for locale in notice.locales)
    return {
        **({"language": languages} if languages else {}),
        **_licence(model.licence),
        "library_name": "roster",
        "pipeline_tag": _TASK,
        "base_model": f"{model.provider}/{model.id}",
        "tags": ["agent", "mcp", spec.role, f"risk-{level}", *judged, *spec.capabilities],
        **_index(fleet, agent.name, spec.evaluation),
    }


def of_model(fleet: Fleet, model: Resource[LanguageModel]) -> dict[str, Any]:
    """The head of a model's card."""
    spec = model.spec
    return {
        **_licence(spec.licence),
        "pipeline_tag": _TASK,
        "tags": ["language-model", spec.provider],
        **_index(fleet, model.name, spec.evaluation),
    }


def _languages(locales: Iterable[str]) -> list[str]:
    """The languages of some locales, by their two or three letters."""
    matches = (re.match(r"[a-z]{2,3}(?=$|[-_])", locale) for locale in locales)
    return sorted({match[0] for match in matches if match})


def _licence(name: str) -> dict[str, str]:
    if name.lower() in KNOWN_LICENCES:
        return {"license": name.lower()}
    slug = re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")
    return {"license": "other", **({"license_name": slug} if slug else {})}


def _index(fleet: Fleet, name: str, metrics: Iterable[Metric]) -> dict[str, Any]:
    """Results in the form that the Hub shows; nothing without fitting evidence."""
    measurements = ((metric, measured(fleet.graph, metric)) for metric in metrics)
    results = [
        {
            "task": {"type": _TASK},
            "dataset": {"type": result.dataset, "name": result.dataset},
            "metrics": [{"type": metric.name, "value": result.value}],
        }
        for metric, result in measurements
        if isinstance(result, Measured)
    ]
    return {"model-index": [{"name": name, "results": results}]} if results else {}
