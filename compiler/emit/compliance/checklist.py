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
from compiler.emit.compliance.statements import Place, Statement, statements
from compiler.emit.format.markdown import (
    Block,
    Code,
    Content,
    Heading,
    Inline,
    Link,
    Paragraph,
    Table,
    document,
)
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
_UP = "../../.."
_MOST = 3


def emit(fleet: Fleet) -> Iterator[File]:
    """Grants of every project; a checklist where it answers to some regime."""
    every: defaultdict[str, list[Grant]] = defaultdict(list)
    for grant in fleet.grants:
        every[grant.call.project].append(grant)
    for project in fleet.graph.all(Project):
        folder = f"compliance/{project.name}"
        grants = sorted(every[project.name], key=lambda grant: (grant.route, grant.call))
        rows = tuple(Origin("", project, grant.route) for grant in _firsts(grants))
        page = document(_grants(project, grants))
        yield File(f"{folder}/grants.md", page, (Origin("", project, ("agents",)), *rows))
        if project.spec.compliance:
            found = statements(fleet, project)
            places = {Origin("", p.resource, p.route) for said in found for p in said.places}
            first = Origin("", project, ("compliance",))
            order = sorted(places, key=lambda origin: (origin.line, origin.route))
            text = document(_checklist(project, found))
            yield File(f"{folder}/checklist.md", text, (first, *order))


def _checklist(project: Resource[Project], found: Sequence[Statement]) -> Iterator[Block]:
    yield Heading(1, ("Checklist: ", project.spec.displayName))
    yield Paragraph(
        "Shown: it follows from what is emitted or measured. Declared: somebody says so in a spec."
        " Open: nobody says so. References are a help for finding, and no statement of conformity."
    )
    for regime in dict.fromkeys(project.spec.compliance):
        name = _REGIMES[regime]
        yield Heading(2, name)
        column = FRAMEWORKS.index(name)
        references = {topic.name: topic.references[column] for topic in CROSSWALK}
        listed = [said for said in found if references[said.topic] != "-"]
        rows = [
            (said.topic, references[said.topic], said.state, said.text, _links(said.places))
            for said in listed
        ]
        yield Table(("Topic", "Reference", "State", "What the repository says", "Where"), rows)


def _links(places: Sequence[Place]) -> tuple[Inline, ...]:
    """The first few places, each with its file and line."""
    shown: list[Inline] = []
    for place in places[:_MOST]:
        shown += [", ", _link(place)] if shown else [_link(place)]
    rest = len(places) - _MOST
    return (*shown, f" and {rest} more") if rest > 0 else tuple(shown)


def _link(place: Place) -> Link:
    if place.path:
        return Link(place.path, f"../../{place.path}")
    line = Origin("", place.resource, place.route).line
    path, _, number = line.rpartition(":")
    return Link(line, f"{_UP}/{path}#L{number}")


def _grants(project: Resource[Project], grants: Sequence[Grant]) -> Iterator[Block]:
    yield Heading(1, ("Grants: ", project.spec.displayName))
    yield Paragraph("What each agent may call, as the project's spec says it.")
    head = ("Agent", "Server", "Unasked", "After a human's approval", "Reason", "Approver")
    rows = [_row(project, list(entry)) for _, entry in groupby(grants, lambda g: g.route)]
    yield Table((*head, "Last day", "Where"), rows)


def _firsts(grants: Sequence[Grant]) -> Iterator[Grant]:
    for _, entry in groupby(grants, lambda grant: grant.route):
        yield next(entry)


def _row(project: Resource[Project], entry: Sequence[Grant]) -> tuple[Content, ...]:
    first = entry[0]
    return (
        Code(first.call.agent),
        Code(first.call.server),
        ", ".join(g.call.tool for g in entry if g.approval == "none") or "none",
        ", ".join(g.call.tool for g in entry if g.approval == "human") or "none",
        first.reason or "not stated",
        first.approver or "not stated",
        str(first.expires or "not stated"),
        _link(Place(project, first.route)),
    )
