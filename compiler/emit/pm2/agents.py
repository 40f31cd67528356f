"""What an agent's program reads about itself: its model, its prompt, and what it may do."""

from __future__ import annotations

from typing import Any

from compiler.derive import Fleet
from compiler.derive.stack import LocalAgent
from compiler.emit.format.json import dump
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import LanguageModel, Project


def file(fleet: Fleet, project: Resource[Project], local: LocalAgent) -> File:
    """`pm2/<project>/agents/<agent>.json`."""
    spec, member = local.agent.spec, project.spec.agents[local.entry]
    tools: dict[str, dict[str, str]] = {}
    for grant in fleet.grants_by_agent.get((project.name, local.agent.name), ()):
        tools.setdefault(grant.call.server, {})[grant.call.tool] = grant.approval
    content = {
        "version": 1,
        "project": project.name,
        "agent": local.agent.name,
        "displayName": spec.displayName,
        "purpose": spec.purpose,
        "model": _model(fleet, local),
        "prompt": f"specs/prompts/{spec.prompt.file}",
        "confidenceThreshold": spec.confidenceThreshold,
        "tools": tools,
        "delegatesTo": sorted(map(str, member.delegatesTo)),
        "card": f"generated/registry/cards/{local.identity}.json",
    }
    origins = (
        Origin("", project, ("agents", local.entry)),
        *(Origin(field, local.agent, (field,)) for field in ("displayName", "purpose", "model")),
    )
    return File(f"pm2/{project.name}/agents/{local.agent.name}.json", dump(content), origins)


def _model(fleet: Fleet, local: LocalAgent) -> dict[str, Any]:
    model = fleet.graph.get(LanguageModel, local.agent.spec.model).spec
    return {
        "id": model.id,
        "provider": model.provider,
        "endpoint": model.endpoint,
        "credential": model.credential.name,
        "maxOutputTokens": model.maxOutputTokens,
    }
