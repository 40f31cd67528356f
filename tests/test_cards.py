"""Cards of a small estate, read by a CommonMark parser and a YAML reader: facts, gaps, text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from compiler.derive import derive
from compiler.emit.cards import emit
from compiler.pipeline import read
from tests.estate import TODAY, sources

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HEAD = re.compile(r"\A---\n(.*?\n)---\n\n(.*)\Z", re.DOTALL)
SECTIONS = (
    "Overview", "Use cases", "Out of scope", "Classification", "Autonomy", "Deployment",
    "Known limitations", "Known risks", "Fail-safe", "Architecture", "Operations allowed",
    "Approvals", "Restricted operations", "Reach through other agents", "Inputs and outputs",
    "Data", "Memory and context", "Logging", "Evaluation", "Security controls", "About this card",
)  # fmt: skip
KEYS = {
    "language", "license", "license_name", "license_link", "library_name", "tags", "datasets",
    "metrics", "base_model", "pipeline_tag", "model-index",
}  # fmt: skip
PRELUDE = sources([])
AGENT = PRELUDE["specs/agents/prelude-agent-financial.yaml"].text
PROJECT = PRELUDE["projects/flashfusion/prelude-project-flashfusion.yaml"].text
RESULT = {
    "metric": "accuracy",
    "value": 0.94,
    "date": "2026-10-01",
    "dataset": "invoices",
    "samples": 500,
}
EVIDENCE = json.dumps(RESULT) + "\n"
RECORD = """
apiVersion: roster/v1
kind: AISystem
metadata: {name: flashfusion, owner: payments-team}
spec: {project: flashfusion, role: provider}
"""
HELPER = AGENT.replace("name: financial", "name: helper").replace("riskTier: high", "riskTier: low")


def cards(*blocks: str) -> dict[str, str]:
    """Every card of the blocks' estate, by path; checks do not matter here."""
    reading = read(sources(blocks).values())
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    return {file.path: file.text for file in emit(derive(graph, TODAY))}


def card(*blocks: str, path: str = "cards/financial.md") -> str:
    return cards(*blocks)[path]


def parts(text: str) -> tuple[dict[str, Any], str]:
    match = HEAD.match(text)
    assert match
    return yaml.safe_load(match[1]), match[2]


def sections(text: str) -> dict[str, str]:
    """The text of each section, by its heading, as it is shown."""
    texts: dict[str, str] = {}
    tokens = PARSER.parse(parts(text)[1])
    title = ""
    for before, token in pairwise(tokens):
        if token.type == "inline":
            shown = "".join(child.content for child in token.children or ())
            if before.type == "heading_open" and before.tag == "h2":
                title = shown
                texts[title] = ""
            elif title:
                texts[title] += f"{shown}\n"
    return texts


def links(text: str) -> Iterator[str]:
    for token in PARSER.parse(parts(text)[1]):
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrGet("href"))


def test_every_agent_and_model_has_a_card_in_no_regime_too() -> None:
    assert {path for path in cards() if path.endswith(".md")} == {
        "cards/financial.md",
        "cards/models/haiku.md",
    }
    assert tuple(sections(card())) == SECTIONS


def test_the_head_is_that_of_the_hub() -> None:
    head, _ = parts(card(PROJECT + "  notices: {locales: [en, de-CH, de]}\n"))
    assert set(head) <= KEYS
    assert head["language"] == ["de", "en"]
    assert head["base_model"] == "anthropic/claude-haiku-4-5-20251001"
    assert (head["license"], head["license_name"]) == ("other", "commercial")
    assert {"agent", "domain-skill", "risk-high", "billing"} <= set(head["tags"])
    model, _ = parts(card(path="cards/models/haiku.md"))
    assert set(model) <= KEYS


# --- What is shown, and what is missing


def test_a_missing_answer_is_a_named_gap() -> None:
    shown = sections(card())
    for title, field in (
        ("Out of scope", "card.outOfScope"),
        ("Known limitations", "card.limitations"),
        ("Known risks", "card.risks"),
        ("Autonomy", "oversight.escalation"),
        ("Approvals", "approver"),
        ("Inputs and outputs", "prompt.inputSchema"),
        ("Data", "compliance.personalData"),
        ("Evaluation", "evaluation"),
    ):
        assert f"Not answered: {field}" in shown[title], title
    papers = sections(card(path="cards/models/haiku.md"))["Supplier documentation"]
    assert "Not answered: annexXII (Art. 53(1)(b))" in papers
    assert "Not answered: agreement (Art. 25(4))" in papers


def test_an_answer_is_shown() -> None:
    shown = sections(
        card(AGENT + "  card: {limitations: [It knows no tax law], outOfScope: [tax]}\n")
    )
    assert shown["Known limitations"] == "It knows no tax law\n"
    assert shown["Out of scope"] == "tax\n"


def test_the_tools_are_the_grants_with_what_they_do() -> None:
    shown = sections(card())
    rows = shown["Operations allowed"].splitlines()
    assert rows[4:8] == ["stripe/create_refund", "update, delete, send", CARRIES, ASKS]
    assert rows[8:] == ["stripe/list_invoices", "read", "private data", "flashfusion"]
    assert "stripe/create_refund" in shown["Approvals"]
    assert "list_invoices" not in shown["Approvals"]
    assert "It performs no operations of these kinds: execute." in shown["Restricted operations"]
    assert "grants with a human's approval: 1 of 2" in shown["Fail-safe"]


CARRIES = "untrusted text, private data"
ASKS = "flashfusion (a human approves each call)"


def test_the_prompt_is_known_by_its_digest() -> None:
    digest = sha256(b"You are careful.\n").hexdigest()
    assert digest in sections(card())["Inputs and outputs"]


def test_the_class_of_the_act_stands_beside_the_risk_tier() -> None:
    under = PROJECT + "  compliance: [eu-ai-act]\n  notices: {interactsWithPersons: true}\n"
    text = card(under, RECORD)
    rows = sections(text)["Classification"].splitlines()
    assert rows[0].startswith("Risk tier: high (level high).")
    assert rows[6:] == ["flashfusion", "minimal", "-", "limited", "documents"]
    assert "eu-ai-act-limited" in parts(text)[0]["tags"]
    assert "Not legal advice." in text
    outside = sections(card())["Classification"]
    assert "not under the EU AI Act" in outside


def test_what_it_reaches_through_others_is_shown() -> None:
    team = PROJECT.replace(
        "  quota:", "    - {agent: helper, delegatesTo: [financial]}\n  quota:", 1
    )
    helper = HELPER + "  delegatesTo: [financial]\n"
    rows = sections(card(team, helper, path="cards/helper.md"))["Reach through other agents"]
    assert rows.splitlines()[4:] == [
        *("flashfusion", "financial", "yes", "stripe/create_refund"),
        *("flashfusion", "financial", "no", "stripe/list_invoices"),
    ]


# --- Numbers


def measured(digest: str, text: str = EVIDENCE) -> str:
    metric = f"{{name: accuracy, threshold: 0.9, evidence: a.json, sha256: {digest}}}"
    return card(AGENT + f"  evaluation: [{metric}]\n", f"# file: specs/evidence/a.json\n{text}")


def test_a_number_comes_from_fitting_evidence() -> None:
    text = measured(sha256(EVIDENCE.encode()).hexdigest())
    rows = sections(text)["Evaluation"].splitlines()
    assert rows[6:9] == ["accuracy", "0.94", "at least 0.9: met"]
    (index,) = parts(text)[0]["model-index"]
    (result,) = index["results"]
    assert result["metrics"] == [{"type": "accuracy", "value": 0.94}]
    assert result["dataset"] == {"type": "invoices", "name": "invoices"}


def test_a_number_of_other_evidence_is_not_shown() -> None:
    other = EVIDENCE.replace("0.94", "0.99")
    for text in (
        measured(sha256(EVIDENCE.encode()).hexdigest(), other),
        measured(sha256(b"{}\n").hexdigest(), "{}\n"),
    ):
        assert "0.99" not in text
        assert "model-index" not in parts(text)[0]
        assert "Not answered: evidence: " in sections(text)["Evaluation"]


# --- Hostile text

HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "![x](http://evil.example/x.png)",
    "a | b | c",
    "# title",
    "`code` **bold** <!-- x -->",
    "https://evil.example",
    "---",
    "{{ x }}",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(text: str) -> None:
    quoted = json.dumps(text)
    agent = (
        AGENT.replace("displayName: Financial Agent", f"displayName: {quoted}")
        .replace("purpose: Billing, invoicing, payment processing", f"purpose: {quoted}")
        .replace("owner: Head of payments", f"owner: {quoted}")
    )
    more = (
        f"  card: {{limitations: [{quoted}], risks: [{{risk: {quoted}, mitigation: {quoted}}}]}}\n"
    )
    page = card(agent + more)
    tokens = [
        token
        for block in PARSER.parse(parts(page)[1])
        for token in (block, *(block.children or ()))
    ]
    assert not {"html_block", "html_inline", "image", "hr"} & {token.type for token in tokens}
    shown = sections(page)
    assert shown["Known limitations"] == f"{text}\n"
    assert shown["Known risks"].splitlines()[2:] == [text, text]
    assert set(links(page)) == {"financial.cdx.json", "models/haiku.md"}
    assert tuple(shown) == SECTIONS


def test_the_head_takes_hostile_text_as_text() -> None:
    model = PRELUDE["specs/models/prelude-model-haiku.yaml"].text
    odd = json.dumps("--- \ttags: [x]")
    head, _ = parts(card(model.replace("id: claude-haiku-4-5-20251001", f"id: {odd}")))
    assert head["base_model"] == "anthropic/--- \ttags: [x]"
    assert "x" not in head["tags"]


def test_nothing_is_called_compliant() -> None:
    under = PROJECT + "  compliance: [eu-ai-act]\n"
    for path, text in cards(under, RECORD).items():
        assert "compliant" not in text.lower(), path
