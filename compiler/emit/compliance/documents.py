"""The papers that the EU AI Act asks for, one folder for each project that answers to it.

Each page shows what the record and the specs say, beside the duty that asks for it; what is not
answered is named by its article. A page is made where a duty of its own binds the system, and
some where they are useful anyway.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from compiler.ai_act.applicability import applies
from compiler.ai_act.law import Subject, duties
from compiler.ai_act.systems import REGIME
from compiler.derive import Fleet
from compiler.emit.compliance import (
    annex_iv,
    classification,
    crosswalk,
    deployer,
    incident,
    instructions,
    logs,
    oscal,
    oversight,
    transparency,
)
from compiler.emit.compliance.sheet import Sheet, foot, top
from compiler.emit.format.json import dump
from compiler.emit.format.markdown import Block, Link, Paragraph, Table, document
from compiler.file import File, Origin
from compiler.model import AISystem, MCPServer

FOLDERS: tuple[str, ...] = ("compliance",)


class Page(NamedTuple):
    """A kind of page: its name is that of the duties' document."""

    name: str
    title: str
    body: Callable[[Sheet], Iterator[Block]]


PAGES = (
    Page("classification", "Risk classification", classification.body),
    Page("annex-iv", "Technical documentation", annex_iv.body),
    Page("instructions", "Instructions for use", instructions.body),
    Page("oversight", "Human oversight", oversight.body),
    Page("logging", "Records and retention", logs.body),
    Page("fria", "Impact on fundamental rights", deployer.fria),
    Page("post-market", "Post-market monitoring", incident.watched),
    Page("incident", "Serious incidents", incident.body),
    Page("deployer", "Deployer's record", deployer.body),
)

_WHO: dict[Subject, str] = {
    "all": "every system",
    "derogation": "systems that claim a derogation",
    "composite": "systems of several agents",
    "high": "systems of high risk",
    "high-provider": "providers of systems of high risk",
    "high-deployer": "deployers of systems of high risk",
    "limited": "systems that Art. 50 names",
    "general-purpose": "providers of a general-purpose model",
}
_DOCUMENTS: dict[str, tuple[Subject, ...]] = {
    "classification": ("all",),
    "annex-iv": ("high-provider", "general-purpose"),
    "instructions": ("high",),
    "oversight": ("high",),
    "logging": ("high",),
    "fria": ("high-deployer",),
    "post-market": ("high-provider",),
    "incident": ("high",),
    "deployer": ("high-deployer",),
    "transparency": ("limited",),
}


def emit(fleet: Fleet) -> Iterator[File]:
    """`compliance/<project>/`: the pages of each system, crosswalk and index; and OSCAL."""
    for system in fleet.systems:
        sheet = Sheet(fleet, system)
        made = dict(_pages(sheet))
        title = "Other frameworks"
        made["crosswalk.md"] = [*top(sheet, title), *crosswalk.body(made), *foot()]
        made["README.md"] = [*top(sheet, "EU AI Act"), *_index(sheet, made), *foot()]
        for name, blocks in made.items():
            origins = tuple(_origins(sheet, name))
            yield File(f"compliance/{sheet.project}/{name}", document(blocks), origins)
    yield from _oscal(fleet)


def _oscal(fleet: Fleet) -> Iterator[File]:
    """`compliance/oscal/`: the same for machines."""
    if fleet.systems:
        origins = tuple(Origin(s.project.name, s.project, ("compliance",)) for s in fleet.systems)
        components = oscal.component_definition(fleet)
        yield File("compliance/oscal/catalog.json", dump(oscal.catalog()), origins)
        yield File("compliance/oscal/component-definition.json", dump(components), origins)


def due(sheet: Sheet, name: str) -> bool:
    """Whether the Act asks for that document of a system."""
    if name == "fria":
        return applies(sheet.fleet.graph, sheet.system, duties.FUNDAMENTAL_RIGHTS_ASSESSMENT)
    return any(sheet.system.binds(subject) for subject in _DOCUMENTS[name])


def _useful(sheet: Sheet, name: str) -> bool:
    """Whether a page is made that the Act does not ask for."""
    record = sheet.record
    return {
        "oversight": any(a.spec.oversight.stop for a in sheet.system.members),
        "logging": True,
        "incident": record is not None and record.incident is not None,
    }.get(name, False)


def _pages(sheet: Sheet) -> Iterator[tuple[str, list[Block]]]:
    for page in PAGES:
        if due(sheet, page.name) or _useful(sheet, page.name):
            yield f"{page.name}.md", [*top(sheet, page.title), *page.body(sheet), *foot()]
    if due(sheet, "transparency"):
        for locale, name in transparency.names(sheet.system.project.spec.notices.locales).items():
            yield f"transparency/{name}.md", [*transparency.body(sheet, locale), *foot()]


def _index(sheet: Sheet, made: Iterable[str]) -> Iterator[Block]:
    """Which documents there are, and why the others are not."""
    there, rows = set(made), []
    titles = {page.name: page.title for page in PAGES} | {"transparency": "Notices to people"}
    for name, title in titles.items():
        files = sorted(f for f in there if f == f"{name}.md" or f.startswith(f"{name}/"))
        for file in files or [""]:
            shown = Link(title, file) if file else title
            rows.append((shown, _why(sheet, name, bool(file))))
    rows.append((Link("Other frameworks", "crosswalk.md"), "references"))
    yield Table(("Document", "Due"), rows)
    yield Paragraph("These pages follow from the specs; change those, and generate again.")


def _why(sheet: Sheet, name: str, made: bool) -> str:
    whom = " and ".join(_WHO[subject] for subject in _DOCUMENTS[name])
    if due(sheet, name):
        return f"due: the Act asks {whom} for it"
    if name == "fria" and sheet.system.binds("high-deployer"):
        return "not due: the record names no public deployer, nor Annex III(5)(b) or (c)"
    here = f"only {whom} owe it, and this system is of class {sheet.system.ai_class}"
    role = f", our role {sheet.found('role') or 'not given'}" if name in _ROLES else ""
    return f"{'not due, kept all the same' if made else 'not due'}: {here}{role}"


_ROLES = ("annex-iv", "fria", "post-market", "deployer")


def _origins(sheet: Sheet, name: str) -> Iterator[Origin]:
    """The project that answers to the Act, answers by their duties, agents and what they call."""
    system = sheet.system
    yield Origin("", system.project, ("compliance", system.project.spec.compliance.index(REGIME)))
    if system.record is not None:
        yield Origin("", system.record)
        for one in sheet.due(name.removesuffix(".md").partition("/")[0]):
            if one.field.partition(".")[0] in AISystem.model_fields:
                yield Origin(one.id, system.record, tuple(one.field.split(".")))
    for agent in system.members:
        yield Origin(agent.name, agent)
    if name in ("oversight.md", "annex-iv.md", "logging.md"):
        yield Origin("grants", system.project, ("agents",))
    if name in ("oversight.md", "annex-iv.md"):
        for server in sorted({grant.call.server for grant in sheet.grants()}):
            yield Origin(f"grants.{server}", sheet.fleet.graph.get(MCPServer, server))
