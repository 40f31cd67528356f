"""BOMs of a small estate: what they hold, and which are refused."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest

from compiler.admit import admit
from compiler.admit.bom import faults
from compiler.derive import derive
from compiler.emit import File, Origin, emit
from compiler.emit.cards.packages import hashes, image_purl, purl
from compiler.model import Image, MCPServer, Project
from compiler.model.mcp_server import Package
from compiler.pipeline import read
from tests.estate import TODAY, sources

DIGEST = "sha256:" + "0123456789abcdef" * 4
PRELUDE = sources([])
AGENT = PRELUDE["specs/agents/prelude-agent-financial.yaml"].text
PROJECT = PRELUDE["projects/flashfusion/prelude-project-flashfusion.yaml"].text
RECORD = """
apiVersion: roster/v1
kind: AISystem
metadata: {name: flashfusion, owner: payments-team}
spec:
  project: flashfusion
  role: provider
  intendedPurpose: Staff have invoices and refunds prepared, and approve each of them.
  literacy: {measure: A course of two hours, audience: Staff}
"""
EVIDENCE = (
    '{"metric": "accuracy", "value": 0.94, "date": "2026-10-01",'
    ' "dataset": "invoices", "samples": 500}\n'
)


@pytest.fixture(scope="module")
def boms() -> dict[str, Any]:
    return build()


def build(*blocks: str) -> dict[str, Any]:
    """Every BOM of the blocks' estate, by path, whatever its record does not answer."""
    reading = read(sources(blocks).values())
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    files = emit(derive(graph, TODAY))
    return {file.path: json.loads(file.text) for file in files if file.path.endswith(".cdx.json")}


def by_ref(bom: dict[str, Any]) -> dict[str, Any]:
    return {part["bom-ref"]: part for part in (*bom["components"], *bom.get("services", ()))}


def named(part: dict[str, Any]) -> dict[str, str]:
    return {property["name"]: property["value"] for property in part["properties"]}


def test_there_is_a_bom_of_each_agent_each_model_and_the_fleet(boms: dict[str, Any]) -> None:
    assert set(boms) == {
        "cards/financial.cdx.json",
        "cards/fleet.cdx.json",
        "cards/models/haiku.cdx.json",
    }


def test_an_agent_is_an_application_with_its_grants_and_a_model_beside_it(
    boms: dict[str, Any],
) -> None:
    bom = boms["cards/financial.cdx.json"]
    subject, parts = bom["metadata"]["component"], by_ref(bom)
    assert subject["type"] == "application"
    assert "modelCard" not in subject
    assert named(subject)["roster:grant:flashfusion:stripe:create_refund"] == "human"
    assert named(subject)["roster:grant:flashfusion:stripe:list_invoices"] == "none"
    model = parts["model:haiku"]
    assert model["type"] == "machine-learning-model"
    assert model["modelCard"]["considerations"]["useCases"] == [
        "Billing, invoicing, payment processing"
    ]
    prompt = sha256(b"You are careful.\n").hexdigest()
    assert parts["prompt:financial"]["hashes"] == [{"alg": "SHA-256", "content": prompt}]
    (needs,) = [entry for entry in bom["dependencies"] if entry["ref"] == "agent:financial"]
    image = f"image:ghcr.io/example/financial:1.0.0@{DIGEST}"
    assert needs["dependsOn"] == [image, "model:haiku", "prompt:financial", "server:stripe"]


def test_a_server_is_a_service_with_its_granted_tools_and_what_they_do(
    boms: dict[str, Any],
) -> None:
    server = by_ref(boms["cards/financial.cdx.json"])["server:stripe"]
    assert server["x-trust-boundary"] is True
    assert server["authenticated"] is True
    (flow,) = server["data"]
    assert (flow["flow"], flow["classification"]) == ("bi-directional", "restricted")
    does = {
        tool["name"]: [p["value"] for p in tool["properties"] if p["name"] == "roster:operation"]
        for tool in server["services"]
    }
    assert does == {"list_invoices": ["read"], "create_refund": ["update", "delete", "send"]}


def test_numbers_come_from_evidence_only(boms: dict[str, Any]) -> None:
    model = by_ref(boms["cards/financial.cdx.json"])["model:haiku"]
    assert "quantitativeAnalysis" not in model["modelCard"]
    seen = by_ref(_measured(sha256(EVIDENCE.encode()).hexdigest()))["model:haiku"]
    assert seen["modelCard"]["quantitativeAnalysis"]["performanceMetrics"] == [
        {"type": "accuracy", "value": "0.94", "slice": "invoices, 500 samples, 2026-10-01"}
    ]

    other = by_ref(_measured("0" * 64))["model:haiku"]
    assert "quantitativeAnalysis" not in other["modelCard"]


def _measured(digest: str) -> dict[str, Any]:
    """The agent's BOM where it names an evidence file with this digest."""
    metric = f"{{name: accuracy, threshold: 0.9, evidence: a.json, sha256: {digest}}}"
    agent = AGENT + f"  evaluation: [{metric}]\n"
    files = sources([agent, f"# file: specs/evidence/a.json\n{EVIDENCE}"])
    graph = read(files.values()).graph
    assert graph is not None
    (bom,) = [f for f in emit(derive(graph, TODAY)) if f.path == "cards/financial.cdx.json"]
    return dict(json.loads(bom.text))


def test_the_serial_number_follows_the_content(boms: dict[str, Any]) -> None:
    changed = build(AGENT.replace("payment processing", "refunds"))
    for path, bom in build().items():
        assert bom["serialNumber"] == boms[path]["serialNumber"]
        assert bom["serialNumber"] != changed[path]["serialNumber"]
        assert "timestamp" not in bom["metadata"]


# --- What AI systems answer


def test_what_is_answered_is_a_claim_with_evidence_and_what_is_not_a_gap() -> None:
    project = PROJECT + "  compliance: [eu-ai-act]\n"
    declarations = build(project, RECORD)["cards/financial.cdx.json"]["declarations"]
    (attestation,) = declarations["attestations"]
    entries = {entry["requirement"]: entry for entry in attestation["map"]}
    scores = {ref: entry["conformance"]["score"] for ref, entry in entries.items()}
    assert scores == {
        "duty:AIA-001": 1,
        "duty:AIA-002": 1,
        "duty:AIA-003": 0,
        "duty:AIA-004": 0,
        "duty:AIA-008": 0,
    }
    gap = entries["duty:AIA-008"]
    assert "claims" not in gap
    assert gap["conformance"]["rationale"] == "Not answered: literacy.date (Art. 4)"
    claims = {claim["bom-ref"]: claim for claim in declarations["claims"]}
    assert set(claims) == {"claim:flashfusion:AIA-001", "claim:flashfusion:AIA-002"}
    (evidence,) = claims["claim:flashfusion:AIA-002"]["evidence"]
    (item,) = [entry for entry in declarations["evidence"] if entry["bom-ref"] == evidence]
    assert item["propertyName"] == "roster:intendedPurpose"


def test_without_a_regime_nothing_is_declared(boms: dict[str, Any]) -> None:
    assert all("declarations" not in bom for bom in boms.values())


# --- Package URLs


@pytest.mark.parametrize(
    ("registry", "name", "version", "expected"),
    [
        ("npm", "@stripe/mcp", "0.3.3", "pkg:npm/%40stripe/mcp@0.3.3"),
        ("pypi", "My_Server", "1.0+b", "pkg:pypi/my-server@1.0%2Bb"),
        (
            "go",
            "github.com/Aqua/trivy-mcp",
            "0.0.20",
            "pkg:golang/github.com/aqua/trivy-mcp@v0.0.20",
        ),
        ("github", "Owner/Name", "v1", "pkg:github/owner/name@v1"),
        (
            "oci",
            "ghcr.io/github/server",
            "1.10.1",
            "pkg:oci/server?repository_url=ghcr.io/github/server&tag=v1.10.1",
        ),
    ],
)
def test_a_package_url(registry: Any, name: str, version: str, expected: str) -> None:
    command = ("docker", "run", f"{name}:v{version}") if registry == "oci" else ("x",)
    assert purl(Package(registry=registry, name=name, version=version, command=command)) == expected


def test_an_image_is_known_by_its_digest() -> None:
    image = Image(repository="ghcr.io/example/stripe", tag="1.0.0", digest=DIGEST)
    where = "repository_url=ghcr.io/example/stripe&tag=1.0.0"
    assert image_purl(image) == f"pkg:oci/stripe@{DIGEST.replace(':', '%3A')}?{where}"


def test_a_checksum_is_hexadecimal_or_dropped() -> None:
    assert hashes("sha512-" + "AAAA" * 21 + "AA==") == [{"alg": "SHA-512", "content": "00" * 64}]
    assert hashes(DIGEST) == [{"alg": "SHA-256", "content": DIGEST.removeprefix("sha256:")}]
    for odd in (None, "sha512-AAAA", "sha256:abc", "h1:AAAA", "sha512-A=A="):
        assert hashes(odd) == []


# --- What is refused


def test_our_own_boms_have_no_faults(boms: dict[str, Any]) -> None:
    for bom in boms.values():
        assert list(faults(json.dumps(bom))) == []


def spoilt(bom: dict[str, Any], *route: str | int, to: object) -> str:
    """The BOM with another value somewhere."""
    copy = json.loads(json.dumps(bom))
    inner = copy
    for key in route[:-1]:
        inner = inner[key]
    inner[route[-1]] = to
    return json.dumps(copy)


@pytest.mark.parametrize(
    ("route", "value", "place", "why"),
    [
        (
            ("components", 0, "bom-ref"),
            "agent:financial",
            "components.0.bom-ref",
            "`agent:financial` names another part already",
        ),
        (
            ("dependencies", 0, "dependsOn"),
            ["model:none"],
            "dependencies.0.dependsOn",
            "no part is called `model:none`",
        ),
        (
            ("metadata", "component", "modelCard"),
            {"properties": []},
            "metadata.component.modelCard",
            "a component of type `application` has no model card",
        ),
        (("components", 1, "modelCard"), {}, "components.1.modelCard", "the model card is empty"),
    ],
)
def test_a_bom_that_contradicts_itself_is_refused(
    boms: dict[str, Any], route: Any, value: object, place: str, why: str
) -> None:
    text = spoilt(boms["cards/financial.cdx.json"], *route, to=value)
    reasons = [(".".join(map(str, where)), reason) for where, reason in faults(text)]
    assert (place, why) in reasons


@pytest.mark.parametrize(
    ("holder", "field", "kept"),
    [
        ("claims", "target", "no-system"),
        ("claims", "evidence", ["no-evidence"]),
        ("attestations", "assessor", "no-assessor"),
        ("attestations", "map", [{"requirement": "no-duty"}]),
        ("attestations", "map", [{"claims": ["no-claim"]}]),
    ],
)
def test_what_is_declared_leads_somewhere(holder: str, field: str, kept: object) -> None:
    bom = build(PROJECT + "  compliance: [eu-ai-act]\n", RECORD)["cards/fleet.cdx.json"]
    (why,) = [why for _, why in faults(spoilt(bom, "declarations", holder, 0, field, to=kept))]
    assert why.startswith("no part is called `no")


def test_a_key_that_stands_twice_is_refused() -> None:
    assert [why for _, why in faults('{"a": {"b": 1, "b": 2}}')] == [
        "the key `b` occurs twice in an object"
    ]


def test_the_message_stands_at_the_spec(boms: dict[str, Any]) -> None:
    graph = read(sources([]).values()).graph
    assert graph is not None
    server = graph.all(MCPServer)[0]
    text = spoilt(boms["cards/financial.cdx.json"], "services", 0, "bom-ref", to="model:haiku")
    origins = (Origin("", graph.all(Project)[0]), Origin("services.0", server))
    (diagnostic,) = admit([File("cards/financial.cdx.json", text + "\n", origins)])[:1]
    assert (diagnostic.code, diagnostic.span) == ("bom-invalid", server.name_span)
