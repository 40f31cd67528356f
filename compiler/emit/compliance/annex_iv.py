"""The technical documentation, point by point of Annex IV; its evidence is on another sheet."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from compiler.ai_act.law import duties
from compiler.emit.compliance import evidence
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Definitions,
    Heading,
    Link,
    Paragraph,
    Strong,
    Table,
)
from compiler.graph import Resource
from compiler.model import Agent, LanguageModel, MCPServer

_DESIGN = {
    "logic": "Logic",
    "assumptions": "Assumptions",
    "optimisesFor": "Made to do well",
    "tradeoffs": "Trade-offs",
}
_SECURITY = {
    "poisoning": "Poisoning",
    "evasion": "Evasion, such as injected prompts",
    "confidentiality": "Confidentiality",
    "modelFlaws": "Flaws of the model",
}
_DECLARATION = {
    "responsibility": "3. Responsibility",
    "statement": "4. Statement",
    "dataProtection": "5. Data protection",
    "standards": "6. Standards",
    "notifiedBody": "7. Notified body",
    "signature": "8. Signature",
}


def body(sheet: Sheet) -> Iterator[Block]:
    """Points 1 to 9 for a provider of high risk; the papers of a general-purpose model."""
    if sheet.system.binds("high-provider"):
        yield from _general(sheet)
        yield from _elements(sheet)
        yield from evidence.body(sheet)
        yield from _later(sheet)
    if sheet.binds(duties.GENERAL_PURPOSE_MODEL):
        yield from _general_purpose(sheet)


def _general(sheet: Sheet) -> Iterator[Block]:
    yield Heading(2, "1. General description")
    yield sheet.heading("1(a) Purpose, provider and version", duties.SYSTEM_VERSION, level=3)
    yield sheet.answers(
        duties.SYSTEM_VERSION,
        "",
        {"intendedPurpose": "Intended purpose", "provider.name": "Provider", "version": "Version"},
    )
    yield Definitions([("Supersedes", sheet.found("supersedes") or "no version before it")])
    yield sheet.heading("1(b) What it works with", duties.COMPONENTS_DECLARED, level=3)
    yield Table(
        ("Server", "What for", "Called by"),
        [
            (Code(s.name), s.spec.description, ", ".join(_callers(sheet, s.name)))
            for s in _servers(sheet)
        ],
    )
    yield Bullets(list(_handovers(sheet)))
    yield from _versions(sheet)
    yield sheet.heading(
        "1(d), (e), (g), (h) Form, hardware, interface", duties.USER_INTERFACE, level=3
    )
    clusters = ", ".join(map(str, sheet.system.project.spec.clusters))
    interface = sheet.answer(duties.USER_INTERFACE, "userInterface")
    yield Definitions(
        [
            ("(d) Form", "containers on Kubernetes, and programs on a laptop"),
            ("(e) Hardware", f"clusters {clusters}; sizes in 2(c)"),
            ("(f) Photographs", "none: it is no part of a product that can be seen"),
            ("(g) User interface", interface),
            ("(h) Instructions", Link("instructions.md", "instructions.md")),
        ]
    )


def _versions(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading(
        "1(c), 2(f) Versions, and changes assessed beforehand", duties.EXACT_VERSIONS, level=3
    )
    rows: list[tuple[Content, ...]] = [
        (Code(m.name), "model", Code(m.spec.id)) for m in _models(sheet)
    ]
    for agent in sheet.system.members:
        rows.append((Code(agent.name), "agent", Code(str(agent.spec.image))))
        rows.append((Code(agent.spec.prompt.file), "prompt", agent.spec.prompt.version))
    for server in _servers(sheet):
        image, package = server.spec.image, server.spec.package
        if image is not None:
            rows.append((Code(server.name), "server, container", Code(str(image))))
        if package is not None:
            text = f"{package.registry} {package.name} {package.version}"
            rows.append((Code(server.name), "server, package", Code(text)))
    yield Table(("Part", "What it is", "Version"), rows)
    changes = sheet.found("predeterminedChanges") or ()
    yield Bullets(list(changes))
    if not changes:
        yield Paragraph("No change was assessed beforehand.")


def _elements(sheet: Sheet) -> Iterator[Block]:
    yield Heading(2, "2. Elements and development")
    yield from _suppliers(sheet)
    yield sheet.heading("2(b) Design", duties.DESIGN, level=3)
    yield sheet.answers(duties.DESIGN, "design", _DESIGN)
    yield Table(
        ("Prompt", "SHA-256"),
        [(Code(a.spec.prompt.file), _prompt(sheet, a)) for a in sheet.system.members],
    )
    yield from _architecture(sheet)
    yield from evidence.data(sheet)
    yield Heading(3, "2(e) Human oversight")
    yield Paragraph(("See ", Link("oversight.md", "oversight.md"), "."))
    yield from evidence.tests(sheet)
    yield sheet.heading("2(h) Cybersecurity", duties.CYBERSECURITY, level=3)
    yield sheet.answers(duties.CYBERSECURITY, "security", _SECURITY)
    yield Paragraph(
        "From the specs follow: a NetworkPolicy, a service account and a pod security context for"
        " each agent and server, secrets by reference only, and rules on who calls which tool."
    )


def _suppliers(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("2(a) Models of suppliers", duties.SUPPLIER_PAPERS, level=3)
    for model in _models(sheet):
        spec = model.spec
        yield Heading(4, spec.displayName)
        yield Definitions(
            [
                ("Supplier", spec.provider),
                ("Licence", spec.licence),
                ("Card", Link(spec.card, spec.card)),
                ("Usage policy", Link(spec.terms, spec.terms)),
                (
                    "Annex XII",
                    Link(spec.annexXII, spec.annexXII)
                    if spec.annexXII
                    else sheet.gap(duties.SUPPLIER_PAPERS),
                ),
                ("Written agreement", sheet.said(duties.SUPPLIER_PAPERS, spec.agreement)),
            ]
        )


def _prompt(sheet: Sheet, agent: Resource[Agent]) -> Content:
    source = sheet.fleet.graph.texts.get(f"specs/prompts/{agent.spec.prompt.file}")
    return Code(sha256(source.text.encode()).hexdigest()) if source else Strong("no such file")


def _architecture(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("2(c) Architecture and computing resources", duties.ARCHITECTURE, level=3)
    yield Table(
        ("Cluster", "Agent", "Replicas", "CPU, of at most", "Memory, of at most", "Servers"),
        [
            (
                d.cluster.name,
                Code(d.name),
                str(d.replicas),
                f"{d.resources.requests.cpu}, {d.resources.limits.cpu}",
                f"{d.resources.requests.memory}, {d.resources.limits.memory}",
                ", ".join(server.name for server in d.servers),
            )
            for d in sheet.fleet.agents
            if d.project.name == sheet.project
        ],
    )
    yield Bullets([f"{f.spec.displayName}: {f.spec.pattern.type}" for f in sheet.system.workflows])


def _later(sheet: Sheet) -> Iterator[Block]:
    """Points 6 to 9, and the registration."""
    yield Heading(2, "6. Changes through its life")
    yield Paragraph("Each change is a commit of the specs; its version is in 1(a).")
    yield sheet.heading("7. Standards", duties.STANDARDS)
    standards, solutions = sheet.found("standards"), sheet.found("solutions")
    yield Paragraph(sheet.said(duties.STANDARDS, standards or solutions))
    yield sheet.heading("8. EU declaration of conformity", duties.CONFORMITY)
    yield sheet.answers(
        duties.CONFORMITY, "conformity", {"route": "Route", "marking": "CE marking"}
    )
    yield Definitions(
        [
            ("1. System", f"{sheet.project} {sheet.found('version') or ''}".strip()),
            ("2. Provider", sheet.answer(duties.CONFORMITY, "provider.name")),
        ]
    )
    yield sheet.answers(duties.CONFORMITY, "conformity.declaration", _DECLARATION)
    yield sheet.heading("Quality management and papers", duties.DOCUMENTATION_KEPT, level=3)
    fields = {"qualityManagement": "Quality management system"}
    fields["documentationYears"] = "Years for which papers are kept (10 or more)"
    yield sheet.answers(duties.DOCUMENTATION_KEPT, "", fields)
    yield Heading(2, "9. Post-market monitoring")
    yield Paragraph(("See ", Link("post-market.md", "post-market.md"), "."))
    yield sheet.heading("Registration", duties.REGISTRATION)
    fields = {"database": "Register", "status": "Status", "memberStates": "Member States"}
    yield sheet.answers(duties.REGISTRATION, "registration", fields)


def _general_purpose(sheet: Sheet) -> Iterator[Block]:
    yield sheet.heading("The general-purpose model that we provide", duties.GENERAL_PURPOSE_MODEL)
    fields = {"model": "Model", "annexXI": "Annex XI", "annexXII": "Annex XII"}
    fields |= {"copyrightPolicy": "Policy on copyright", "trainingSummary": "Summary of training"}
    yield sheet.answers(duties.GENERAL_PURPOSE_MODEL, "generalPurpose", fields)


def _models(sheet: Sheet) -> list[Resource[LanguageModel]]:
    names = sorted({str(agent.spec.model) for agent in sheet.system.members})
    return [sheet.fleet.graph.get(LanguageModel, name) for name in names]


def _servers(sheet: Sheet) -> list[Resource[MCPServer]]:
    names = sorted({grant.call.server for grant in sheet.grants()})
    return [sheet.fleet.graph.get(MCPServer, name) for name in names]


def _callers(sheet: Sheet, server: str) -> list[str]:
    return sorted({grant.call.agent for grant in sheet.grants() if grant.call.server == server})


def _handovers(sheet: Sheet) -> Iterator[Content]:
    for member in sheet.system.project.spec.agents:
        if member.delegatesTo:
            yield f"{member.agent} hands work to {', '.join(sorted(map(str, member.delegatesTo)))}"
