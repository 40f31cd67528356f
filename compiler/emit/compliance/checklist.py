"""For each project a checklist of the regimes that it answers to, with a link to what shows each
point, and the list of its grants: who agreed to what, why, and until when.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby

from compiler.ai_act.law import CROSSWALK, FRAMEWORKS
from compiler.derive import Fleet
from compiler.derive.fleet import Grant
from compiler.emit.compliance.sheet import Facts
from compiler.emit.compliance.statements import Place, Statement, statements
from compiler.emit.format.template import render
from compiler.file import File, Origin
from compiler.graph import Resource
from compiler.model import Project

FOLDERS: tuple[str, ...] = ("compliance",)
_REGIMES = {
    "eu-ai-act": "EU AI Act",
    "nist-ai-rmf": "NIST AI RMF 1.0",
    "iso-42001": "ISO/IEC 42001 Annex A",
    "soc2": "SOC 2 TSC",
    "gdpr": "GDPR",
}
_ROOT = "../../.."
_MOST_PLACES = 3


def emit(fleet: Fleet) -> Iterator[File]:
    """Grants of every project; a checklist where it answers to some regime."""
    by_project: defaultdict[str, list[Grant]] = defaultdict(list)
    for grant in fleet.grants:
        by_project[grant.call.project].append(grant)
    for project in fleet.graph.all(Project):
        grants = sorted(by_project[project.name], key=lambda grant: (grant.route, grant.call))
        yield _grants(fleet, project, grants)
        if project.spec.compliance:
            yield _checklist(fleet, project)


def _checklist(fleet: Fleet, project: Resource[Project]) -> File:
    listed = statements(fleet, project)
    regimes = [_regime(regime, listed) for regime in dict.fromkeys(project.spec.compliance)]
    facts = {"title": project.spec.displayName, "regimes": regimes}
    places = {Origin("", p.resource, p.route) for statement in listed for p in statement.places}
    order = sorted(places, key=lambda origin: (origin.line, origin.route))
    text = render(fleet.graph, "compliance/checklist.md.j2", facts)
    origins = (Origin("", project, ("compliance",)), *order)
    return File(f"compliance/{project.name}/checklist.md", text, origins)


def _regime(regime: str, statements: Sequence[Statement]) -> Facts:
    """The statements about topics that a framework speaks of."""
    name = _REGIMES[regime]
    column = FRAMEWORKS.index(name)
    references = {topic.name: topic.references[column] for topic in CROSSWALK}
    rows = [
        {
            **statement._asdict(),
            "reference": references[statement.topic],
            "places": [_link(place) for place in statement.places[:_MOST_PLACES]],
            "more": max(0, len(statement.places) - _MOST_PLACES),
        }
        for statement in statements
        if references[statement.topic] != "-"
    ]
    return {"name": name, "statements": rows}


def _link(place: Place) -> Facts:
    """A place with its file and line, and the way to it from the project's folder."""
    if place.path:
        return {"text": place.path, "target": f"../../{place.path}"}
    line = Origin("", place.resource, place.route).line
    path, _, number = line.rpartition(":")
    return {"text": line, "target": f"{_ROOT}/{path}#L{number}"}


def _grants(fleet: Fleet, project: Resource[Project], grants: Sequence[Grant]) -> File:
    entries = [list(entry) for _, entry in groupby(grants, lambda grant: grant.route)]
    rows = [_row(project, entry) for entry in entries]
    facts = {"title": project.spec.displayName, "grants": rows}
    text = render(fleet.graph, "compliance/grants.md.j2", facts)
    origins = (Origin("", project, entry[0].route) for entry in entries)
    folder = f"compliance/{project.name}"
    return File(f"{folder}/grants.md", text, (Origin("", project, ("agents",)), *origins))


def _row(project: Resource[Project], entry: Sequence[Grant]) -> Facts:
    """One entry of the project's spec, with the tools that it grants."""
    first = entry[0]
    return {
        "agent": first.call.agent,
        "server": first.call.server,
        "free": [grant.call.tool for grant in entry if grant.approval == "none"],
        "approved": [grant.call.tool for grant in entry if grant.approval == "human"],
        "reason": first.reason,
        "approver": first.approver,
        "expires": first.expires,
        "place": _link(Place(project, first.route)),
    }
