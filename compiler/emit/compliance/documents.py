"""The documents that the EU AI Act requires, one folder for each project under it.

Each page shows what the record and the specs say, beside the duty that asks for it; a gap names the
article. A page is written where a duty of its own binds the system, and some where it is useful
anyway.
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
from compiler.emit.compliance.sheet import Facts, Sheet
from compiler.emit.format.json import dump
from compiler.emit.format.template import render
from compiler.file import File, Origin
from compiler.model import AISystem, MCPServer

FOLDERS: tuple[str, ...] = ("compliance",)


class Page(NamedTuple):
    """A kind of page: its name is that of the duties' document and of its template."""

    name: str
    facts: Callable[[Sheet], Facts]


def _record_only(_: Sheet) -> Facts:
    return {}


PAGES = (
    Page("classification", classification.facts),
    Page("annex-iv", annex_iv.facts),
    Page("instructions", instructions.facts),
    Page("oversight", oversight.facts),
    Page("logging", logs.facts),
    Page("fria", _record_only),
    Page("post-market", incident.monitoring),
    Page("incident", incident.facts),
    Page("deployer", deployer.facts),
)

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
        pages = dict(_pages(sheet))
        pages["crosswalk.md"] = _render(sheet, "crosswalk", crosswalk.facts(pages))
        pages["README.md"] = _render(sheet, "README", {"documents": list(_index(sheet, pages))})
        for name, text in pages.items():
            yield File(f"compliance/{sheet.project}/{name}", text, tuple(_origins(sheet, name)))
    yield from _oscal(fleet)


def _render(sheet: Sheet, name: str, facts: Facts) -> str:
    return render(sheet.fleet.graph, f"compliance/{name}.md.j2", {**sheet.facts, **facts})


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


def _pages(sheet: Sheet) -> Iterator[tuple[str, str]]:
    for page in PAGES:
        if due(sheet, page.name) or _useful(sheet, page.name):
            yield f"{page.name}.md", _render(sheet, page.name, page.facts(sheet))
    if due(sheet, "transparency"):
        for locale, name in transparency.names(sheet.system.project.spec.notices.locales).items():
            facts = transparency.facts(sheet, locale)
            yield f"transparency/{name}.md", _render(sheet, "transparency", facts)


def _index(sheet: Sheet, pages: Iterable[str]) -> Iterator[Facts]:
    """Which documents there are, and what decides whether each is due."""
    written = set(pages)
    for name in (*(page.name for page in PAGES), "transparency"):
        files = sorted(f for f in written if f == f"{name}.md" or f.startswith(f"{name}/"))
        for file in files or [""]:
            yield {
                "name": name,
                "file": file,
                "due": due(sheet, name),
                "subjects": _DOCUMENTS[name],
                "by_role": name in _ROLES,
                "public": name == "fria" and sheet.system.binds("high-deployer"),
            }


_ROLES = ("annex-iv", "fria", "post-market", "deployer")


def _origins(sheet: Sheet, name: str) -> Iterator[Origin]:
    """The project that answers to the Act, answers by their duties, agents and what they call."""
    system = sheet.system
    yield Origin("", system.project, ("compliance", system.project.spec.compliance.index(REGIME)))
    if system.record is not None:
        yield Origin("", system.record)
        for duty in sheet.shown_in(name.removesuffix(".md").partition("/")[0]):
            if duty.field.partition(".")[0] in AISystem.model_fields:
                yield Origin(duty.id, system.record, tuple(duty.field.split(".")))
    for agent in system.members:
        yield Origin(agent.name, agent)
    if name in ("oversight.md", "annex-iv.md", "logging.md"):
        yield Origin("grants", system.project, ("agents",))
    if name in ("oversight.md", "annex-iv.md"):
        for server in sorted({grant.call.server for grant in sheet.grants()}):
            yield Origin(f"grants.{server}", sheet.fleet.graph.get(MCPServer, server))
