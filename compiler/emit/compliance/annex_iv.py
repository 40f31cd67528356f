"""The technical documentation, point by point of Annex IV; every number comes from evidence."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from compiler.ai_act.evidence import digest
from compiler.ai_act.law import duties
from compiler.emit.compliance.instructions import limitations
from compiler.emit.compliance.sheet import Facts, Sheet
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer, Report


def facts(sheet: Sheet) -> Facts:
    """What the system consists of, and how it was tested."""
    system, names = sheet.system, sheet.system.project.spec.agents
    return {
        "provides": system.binds("high-provider"),
        "clusters": list(map(str, system.project.spec.clusters)),
        "servers": [_server(sheet, server) for server in _servers(sheet)],
        "handovers": [
            {"agent": member.agent, "delegates": sorted(map(str, member.delegatesTo))}
            for member in names
            if member.delegatesTo
        ],
        "versions": list(_versions(sheet)),
        "models": [model.spec for model in _models(sheet)],
        "prompts": [_prompt(sheet, agent) for agent in system.members],
        "deployments": list(_deployments(sheet)),
        "workflows": [
            {"title": flow.spec.displayName, "pattern": flow.spec.pattern.type}
            for flow in system.workflows
        ],
        "limitations": limitations(sheet),
        **_tests(sheet),
    }


def _tests(sheet: Sheet) -> Facts:
    """Results and reports; what else Annex IV asks for is in the record."""
    metrics = sheet.read("evaluation.metrics") or ()
    groups = sheet.read("performance.groups") or ()
    return {
        "metrics": [sheet.metric(duties.TEST_METRICS, metric) for metric in metrics],
        "reports": [_report(sheet, report) for report in sheet.read("evaluation.reports") or ()],
        "groups": [
            {"group": entry.group, "metric": sheet.metric(duties.RESULTS_BY_GROUP, entry.metric)}
            for entry in groups
        ],
    }


def _report(sheet: Sheet, report: Report) -> Facts:
    duty = duties.TEST_REPORTS
    return {
        "file": sheet.answer(duty, report.file),
        "date": sheet.answer(duty, report.date),
        "signed_by": sheet.answer(duty, report.signedBy),
        "unchanged": report.file and digest(sheet.fleet.graph, report.file) == report.sha256,
    }


def _versions(sheet: Sheet) -> Iterator[Facts]:
    for model in _models(sheet):
        yield {"name": model.name, "kind": "model", "version": model.spec.id}
    for agent in sheet.system.members:
        prompt = agent.spec.prompt
        yield {"name": agent.name, "kind": "agent", "version": str(agent.spec.image)}
        yield {"name": prompt.file, "kind": "prompt", "version": prompt.version}
    for server in _servers(sheet):
        image, package = server.spec.image, server.spec.package
        if image is not None:
            yield {"name": server.name, "kind": "image", "version": str(image)}
        if package is not None:
            text = f"{package.registry} {package.name} {package.version}"
            yield {"name": server.name, "kind": "package", "version": text}


def _prompt(sheet: Sheet, agent: Resource[Agent]) -> Facts:
    name = agent.spec.prompt.file
    source = sheet.fleet.graph.texts.get(f"specs/prompts/{name}")
    return {"file": name, "digest": sha256(source.text.encode()).hexdigest() if source else ""}


def _deployments(sheet: Sheet) -> Iterator[Facts]:
    for deployment in (d for d in sheet.fleet.agents if d.project.name == sheet.project):
        yield {
            "cluster": deployment.cluster.name,
            "agent": deployment.name,
            "replicas": deployment.replicas,
            "requests": deployment.resources.requests,
            "limits": deployment.resources.limits,
            "servers": [server.name for server in deployment.servers],
        }


def _models(sheet: Sheet) -> list[Resource[LanguageModel]]:
    names = sorted({str(agent.spec.model) for agent in sheet.system.members})
    return [sheet.fleet.graph.get(LanguageModel, name) for name in names]


def _servers(sheet: Sheet) -> list[Resource[MCPServer]]:
    names = sorted({grant.call.server for grant in sheet.grants()})
    return [sheet.fleet.graph.get(MCPServer, name) for name in names]


def _server(sheet: Sheet, server: Resource[MCPServer]) -> Facts:
    calls = (grant.call for grant in sheet.grants())
    return {
        "name": server.name,
        "description": server.spec.description,
        "callers": sorted({call.agent for call in calls if call.server == server.name}),
    }
