"""The documents of the EU AI Act: facts, gaps by their articles, and each duty in its own place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from compiler.ai_act.law import DUTIES
from compiler.ai_act.law.duties import CONFORMITY, SYSTEM_VERSION
from compiler.decode import decode
from compiler.derive import Fleet, derive
from compiler.emit.compliance.documents import emit
from compiler.emit.format import sandbox
from compiler.link import link
from compiler.parse import parse
from compiler.pipeline import compile, read
from compiler.source import Source
from tests import high_risk
from tests.estate import PRELUDE, TODAY, sources

PARSER = MarkdownIt("commonmark").enable("table")
DOCUMENTS = list(yaml.safe_load_all(PRELUDE.read_text(encoding="utf-8")))
FULL: dict[str, Any] = {
    "project": "flashfusion",
    "role": "both",
    "intendedPurpose": "Clerks have applications for credit sorted before they decide on them.",
    "version": "2.1.0",
    "literacy": {"measure": "A course", "audience": "All clerks", "date": "2026-10-01"},
    "provider": {"name": "Example | <b>Ltd</b>", "country": "US", "contact": "ai@example.com"},
    "risks": [{"id": "bias", "hazard": "Some groups are refused more often.\nWrongly."}],
    "oversight": {
        "reversible": {"stripe/create_refund": "The refund is booked back."},
        "stop": {"owner": "head of finance", "mechanism": "kill-switch", "maxSeconds": 60},
    },
    "transparency": {"interaction": {"notice": {"de": "Hier antwortet eine Maschine."}}},
    "deployer": {"publicAuthority": False, "publicService": False},
}
OWNERS = """
apiVersion: roster/v1
kind: Owners
metadata: {name: owners, owner: x}
spec:
  compliance: head of finance
  owners: [{name: head of finance, contact: "+49 30 1", reviewers: ["@e/finance"]}]
"""


def prelude(kind: str, **changes: Any) -> str:
    """A document of the prelude, with other fields in its spec."""
    document = next(d for d in DOCUMENTS if d["kind"] == kind)
    return yaml.safe_dump(document | {"spec": document["spec"] | changes}, sort_keys=False)


def pages(
    record: Mapping[str, Any] | None = FULL,
    *,
    points: Any = ("5(b)",),
    locales: tuple[str, ...] = ("de", "fr-BE", "ja"),
    shared: Mapping[str, Any] | None = None,
    does: Mapping[str, Any] | None = None,
) -> dict[str, str]:
    """The documents of a small project, by their names below its folder."""
    answers = {"annexIII": points if points == "none" else list(points), "personalData": True}
    answers |= does or {}
    blocks = [
        prelude("Agent", compliance=answers, **(shared or {})),
        prelude(
            "Project",
            compliance=["eu-ai-act"],
            notices={"locales": list(locales), "interactsWithPersons": True},
        ),
        OWNERS,
    ]
    if record is not None:
        head = {"apiVersion": "roster/v1", "kind": "AISystem"}
        name = {"name": "flashfusion", "owner": "x"}
        blocks.append(yaml.safe_dump({**head, "metadata": name, "spec": dict(record)}))
    estate = sources(blocks)
    estate.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    fleet = fleet_of(estate)
    start = "compliance/flashfusion/"
    files = (file for file in emit(fleet) if file.path.startswith(start))
    return {file.path.removeprefix(start): file.text for file in files}


def fleet_of(estate: Mapping[str, Source]) -> Fleet:
    """What follows from the sources; gaps of the record are errors, and matter to others."""
    resources = [r for s in estate.values() if s.path.endswith(".yaml")
                 for d in parse(s)[0] for r in decode(d)[0]]  # fmt: skip
    texts = [s for s in estate.values() if not s.path.endswith(".yaml")]
    return derive(link(resources, texts)[0], TODAY)


def seen(text: str) -> str:
    """What a reader of a page sees; a page is Markdown without HTML."""
    tokens = PARSER.parse(text)
    inner = [t for token in tokens for t in (token, *(token.children or ()))]
    assert not [t for t in inner if t.type.startswith("html")]
    return "\n".join(t.content for t in inner if t.type in ("text", "code_inline", "fence"))


def document(name: str) -> str:
    """The document that a file belongs to, as duties name it."""
    return name.removesuffix(".md").partition("/")[0]


@pytest.mark.parametrize("role", ["provider", "deployer", "both"])
def test_every_due_duty_is_answered_in_its_document_and_nowhere_else(role: str) -> None:
    documents = pages({**FULL, "role": role})
    skipped = {"provider": "high-deployer", "deployer": "high-provider"}.get(role)
    subjects = {"all", "high", "high-provider", "high-deployer", "limited", "derogation"} - {
        skipped
    }
    for duty in (d for d in DUTIES if d.subject != "composite"):
        where = {document(n) for n, text in documents.items() if f"{duty.id}:" in text}
        if duty.document == "transparency":
            assert where == ({"transparency"} if duty.id == "AIA-090" else set()), duty.id
        elif duty.document == "every page":
            assert all(f"({duty.id})" in text for text in documents.values())
        else:
            assert where == ({duty.document} if duty.subject in subjects else set()), duty.id


@pytest.mark.parametrize(
    ("does", "id", "article"),
    [
        ({"generates": ["text"]}, "AIA-091", "Art. 50(2), 111(4)"),
        ({"emotionOrBiometric": True}, "AIA-092", "Art. 50(3)"),
        ({"publicText": True}, "AIA-093", "Art. 50(4)"),
    ],
)
def test_people_are_informed_of_what_is_due_and_nothing_else(
    does: Mapping[str, Any], id: str, article: str
) -> None:
    text = pages(does=does)["transparency/de.md"]
    assert [duty for duty in ("AIA-091", "AIA-092", "AIA-093") if duty in text] == [id]
    assert f"Not answered ({article})" in seen(text)


def test_nothing_claims_more_than_it_knows() -> None:
    for text in [*pages().values(), *pages(None).values()]:
        assert "compliant" not in text.lower()
        assert "2026-07-27" in seen(text)
        assert "Not legal advice" in seen(text)


def test_what_is_answered_appears_and_is_only_text() -> None:
    documents = pages()
    assert "Example | <b>Ltd</b>" in seen(documents["instructions.md"])
    assert "Some groups are refused more often. Wrongly." in seen(documents["annex-iv.md"])
    assert "claude-haiku-4-5-20251001" in seen(documents["annex-iv.md"])
    assert "Annex III(5(b))" in seen(documents["classification.md"])
    assert "head of finance: +49 30 1" in seen(documents["oversight.md"])


@pytest.mark.parametrize(
    ("page", "gap"),
    [
        ("annex-iv.md", "Not answered (Annex IV(4))"),
        ("annex-iv.md", "Not answered (Annex IV(2)(b))"),
        ("instructions.md", "Not answered (Art. 13(3)(a), 16(b), 22)"),
        ("oversight.md", "Not answered (Art. 14(4)(b))"),
        ("oversight.md", "Not answered (Art. 14(4)(e))"),
        ("logging.md", "Not answered (Art. 12(1)-(2))"),
        ("post-market.md", "Not answered (Art. 72(1)-(3); Annex IV(9))"),
        ("incident.md", "Not answered (Art. 73(2)-(4), 26(5), 20)"),
        ("deployer.md", "Not answered (Art. 26(4))"),
        ("fria.md", "Not answered (Art. 27(1), 27(3))"),
        ("classification.md", "Not answered (Art. 5(1))"),
    ],
)
def test_a_gap_is_named_by_its_article(page: str, gap: str) -> None:
    assert gap in seen(pages()[page]).split("\n")


def test_the_overseers_learn_what_holds_each_tool_that_changes_something() -> None:
    text = seen(pages()["oversight.md"])
    assert "a person approves each call; can be undone: The refund is booked back." in text
    assert "stripe/list_invoices" not in text


@pytest.mark.parametrize(
    ("stop", "commands"),
    [
        ("scale-to-zero", ["scale deployment/financial --replicas=0", "wait pod --for=delete"]),
        ("deny-policy", ["patch networkpolicy financial"]),
        ("kill-switch", ["patch networkpolicy financial", "scale deployment/financial"]),
    ],
)
def test_the_runbook_has_the_commands_of_the_mechanism(stop: str, commands: list[str]) -> None:
    agent = {"mode": "approval", "owner": "head of finance", "stop": stop}
    text = seen(pages(shared={"oversight": agent})["oversight.md"])
    lines = [line for line in text.split("\n") if line.startswith("kubectl")]
    start = "kubectl --context prod -n flashfusion-agents "
    assert len(lines) == len(commands) + (stop == "kill-switch")
    assert all(line.startswith(start) for line in lines)
    for command, line in zip(commands, lines, strict=False):
        assert command in line
    assert "pm2 stop flashfusion.financial" in text
    assert "make down STACK=flashfusion" in text


def test_notices_are_in_the_projects_languages() -> None:
    documents = pages()
    assert {n for n in documents if n.startswith("transparency/")} == {
        "transparency/de.md", "transparency/fr-be.md", "transparency/ja.md",
    }  # fmt: skip
    assert "Sie haben es mit einem KI-System zu tun" in documents["transparency/de.md"]
    assert "Hier antwortet eine Maschine." in documents["transparency/de.md"]
    missing = "Il n'y a pas encore de texte dans cette langue (Art. 50(1), 50(5))"
    assert missing in seen(documents["transparency/fr-be.md"])
    assert "we have none for the language ja" in seen(documents["transparency/ja.md"])


def test_any_locale_has_a_file_of_its_own() -> None:
    documents = pages(locales=("../x", "..\\x", "DE", "de", "é"))
    names = [name for name in documents if name.startswith("transparency/")]
    assert len({name.lower() for name in names}) == 5
    assert all(re.fullmatch(r"transparency/[a-z0-9-]+\.md", name) for name in names)


@pytest.mark.parametrize(
    ("points", "deployer", "due"),
    [
        (("5(b)",), {"publicAuthority": False, "publicService": False}, True),
        (("4(a)",), {"publicAuthority": False, "publicService": False}, False),
        (("4(a)",), {"publicAuthority": True, "publicService": False}, True),
        (("4(a)",), None, False),
        (("2",), {"publicAuthority": True, "publicService": True}, False),
    ],
)
def test_the_assessment_of_fundamental_rights_is_made_where_it_is_due(
    points: tuple[str, ...], deployer: Any, due: bool
) -> None:
    record = {**FULL, **({"deployer": deployer} if deployer else {})}
    if deployer is None:
        record.pop("deployer")
    assert ("fria.md" in pages(record, points=points)) == due


def test_a_light_system_gets_what_is_due_and_the_index_says_why_not_the_rest() -> None:
    documents = pages(points="none", locales=("en",))
    assert set(documents) == {
        "README.md", "classification.md", "crosswalk.md", "logging.md", "oversight.md",
        "transparency/en.md",
    }  # fmt: skip
    assert "Not answered (Art. 14" not in documents["oversight.md"]
    index = seen(documents["README.md"])
    assert "not due: only providers of high-risk systems" in index
    assert "not due, but provided" in index


def test_a_section_names_the_article_of_its_own_duty() -> None:
    record = {k: v for k, v in FULL.items() if k not in ("intendedPurpose", "version", "provider")}
    text = pages(record)["annex-iv.md"]
    version, conformity = SYSTEM_VERSION.article, CONFORMITY.article
    assert f"- **Intended purpose**: **Not answered ({version})**" in text
    assert f"- **Provider**: **Not answered ({version})**" in text
    assert f"- **2. Provider**: **Not answered ({conformity})**" in text


@pytest.mark.parametrize("record", [FULL, None])
def test_links_lead_to_pages_that_are_there(record: Any) -> None:
    for points in (("5(b)",), "none"):
        documents = pages(record, points=points)
        for name, text in documents.items():
            for token in (t for p in PARSER.parse(text) for t in p.children or ()):
                href = str(token.attrs.get("href", "https://"))
                assert href.startswith("https://") or href in documents, (name, href)


def test_the_whole_compiler_makes_them() -> None:
    estate = sources([prelude("Project", compliance=["eu-ai-act"])])
    estate.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    codes = {d.code for d in compile(estate.values(), today=TODAY).diagnostics}
    assert "ai-system-missing" in codes


@pytest.mark.parametrize(
    "name", ["README", "annex-iv", "deployer", "fria", "incident", "instructions", "oversight"]
)
def test_an_organisation_changes_any_block_of_a_page(name: str) -> None:
    template = f"compliance/{name}.md.j2"
    blocks = sandbox.outline((), template).blocks
    texts = (f"{{% block {block} %}}\nOwn {block}.\n\n{{% endblock %}}" for block in blocks)
    path = f"policies/templates/{template}"
    own = Source(path, f'{{% extends "roster:{template}" %}}' + "".join(texts))
    graph = read([*high_risk.texts().values(), own]).graph
    assert graph is not None
    written = {file.path: file.text for file in emit(derive(graph, TODAY))}
    text = written[f"compliance/lending/{name}.md"]
    assert [line for line in text.split("\n") if line.startswith("Own ")] == [
        f"Own {block}." for block in blocks
    ]
