"""The charts of projects: the facts that each gets, and the faults of what it makes.

A chart puts ordinary workloads and what belongs to them into the namespaces of its project, under
its own name. It makes no rights, namespaces, policies or definitions, which decide about others.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from compiler.chart.judge import FAILS, OUTSIDE, Fault, faults
from compiler.chart.objects import labelled, ordered
from compiler.chart.process import Answer, Job
from compiler.derive.fleet import Fleet
from compiler.derive.gates import meshed
from compiler.derive.namespaces import of_project
from compiler.diagnostic import Diagnostic, did_you_mean
from compiler.emit.format.kubernetes import labels
from compiler.emit.format.kubernetes.objects import file
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Cluster, Project
from compiler.source import Pos, Source, Span, top

_PATH = re.compile(r"projects/([^/]+)/charts/([a-z]([a-z0-9-]{0,40}[a-z0-9])?)\.py")
_TAKEN = ("argocd-sync", "default", "project", "tool-gateway", "waypoint")
"""The other names in the namespaces of projects."""


class Order(NamedTuple):
    """A chart to be built for a cluster of its project."""

    cluster: Resource[Cluster]
    project: Resource[Project]
    name: str
    source: Source
    facts: Mapping[str, Any]

    @property
    def job(self) -> Job:
        """What the child process gets."""
        return Job(self.facts, path=self.source.path, source=self.source.text)


def orders(fleet: Fleet) -> tuple[tuple[Order, ...], tuple[Diagnostic, ...]]:
    """Every chart of every project in each of its clusters, and diagnostics of misplaced charts."""
    projects = {project.name: project for project in fleet.graph.all(Project)}
    clusters = {cluster.name: cluster for cluster in fleet.graph.all(Cluster)}
    charts, diagnostics = list[Order](), list[Diagnostic]()
    for path, source in sorted(fleet.graph.texts.items()):
        if (match := _PATH.fullmatch(path)) is None:
            continue
        project = projects.get(match[1])
        if project is None:
            message = f"there is no project `{match[1]}`"
            help = did_you_mean(match[1], projects) or "name the folder like the project"
            diagnostics.append(OUTSIDE.at(top(path), message, help=help))
            continue
        if (other := _namesake(project, match[2])) is not None:
            message = f"what is called `{other}` would belong to the chart `{match[2]}`"
            help = (
                "choose a name that is not the beginning of an agent's, a server's or a gateway's"
            )
            diagnostics.append(OUTSIDE.at(top(path), message, help=help))
            continue
        for ref in project.spec.clusters:
            facts = _facts(fleet, clusters[str(ref)], project, match[2])
            charts.append(Order(clusters[str(ref)], project, match[2], source, facts))
    return tuple(charts), tuple(diagnostics)


def _namesake(project: Resource[Project], name: str) -> str | None:
    """Another name in the namespaces that begins with the chart's."""
    team = [str(entry.agent) for entry in project.spec.agents]
    others = [*team, *map(str, project.spec.servers), *_TAKEN]
    return next((other for other in others if f"{other}-".startswith(f"{name}-")), None)


def _facts(
    fleet: Fleet, cluster: Resource[Cluster], project: Resource[Project], name: str
) -> dict[str, Any]:
    """The facts of a chart: where it runs, its names and labels, and the services it may use."""
    platform, own = fleet.platform, labels.selector(name, "chart")
    spaces = of_project(platform, project.name)._asdict()
    collector, store = platform.collector, platform.secretStore
    return {
        "name": name,
        "project": project.name,
        "owner": project.owner,
        "cluster": cluster.name,
        "environment": cluster.spec.environment,
        "ingressDomain": cluster.spec.ingressDomain,
        "installed": list(cluster.spec.installed),
        "meshed": meshed(platform, cluster.spec),
        "namespaces": spaces,
        "selector": own,
        "labels": {**own, **labels.of_project(fleet, project.name)},
        "secretStore": {"kind": store.kind, "name": store.name},
        "secretPrefix": f"{project.name}/charts/{name}/",
        "collector": (
            f"http://{collector.name}.{platform.namespaces.infrastructure}.svc:{collector.port}"
        ),
    }


def build_files(order: Order, answer: Answer) -> tuple[list[File], list[Diagnostic]]:
    """The files of a chart, or its diagnostics."""
    if "wrong" in answer:
        return [], [FAILS.at(_line(order.source, answer["line"]), answer["wrong"])]
    files, diagnostics = list[File](), list[Diagnostic]()
    objects = [item["object"] for item in answer["objects"]]
    for item in answer["objects"]:
        span = _span(order.source, item["id"])
        broken = list(faults(item["object"], objects, order.facts))
        diagnostics += [_diagnostic(fault, span) for fault in broken]
        if not broken:
            files.append(_file(order, item["object"], span))
    spaces = sorted({f.object["metadata"]["namespace"] for f in files if f.object})
    if len(spaces) > 1:
        message = f"a chart lies in one namespace, and this one in {' and '.join(spaces)}"
        diagnostics.append(
            OUTSIDE.at(top(order.source.path), message, help="make a chart for each")
        )
    return files, diagnostics


def _file(order: Order, object: Mapping[str, Any], span: Span) -> File:
    where = f"clusters/{order.cluster.name}/projects/{order.project.name}/chart-{order.name}"
    whole = labelled(ordered(object), order.facts["labels"])
    return file(where, order.cluster, whole, Origin("", order.project, (), span))


def _diagnostic(fault: Fault, span: Span) -> Diagnostic:
    return fault.rule.at(span, fault.message, help=fault.help)


def _line(source: Source, number: int) -> Span:
    """A whole line of the chart; the start of the file where the line is unknown."""
    if not 1 <= number <= source.text.count("\n") + 1:
        return top(source.path)
    text = source.text.split("\n")[number - 1]
    start = len(text) - len(text.lstrip()) + 1
    return Span(source.path, Pos(number, start), Pos(number, max(len(text.rstrip()) + 1, start)))


def _span(source: Source, id: str) -> Span:
    """Where the chart makes the object with an id: the call that has it as a text, or `build`."""
    return _line(source, next(_makers(source, id), 0))


def _makers(source: Source, id: str) -> Iterator[int]:
    tree = ast.parse(source.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            texts = [arg.value for arg in node.args[1:2] if isinstance(arg, ast.Constant)]
            if texts == [id]:
                yield node.lineno
    yield from (n.lineno for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "build")
