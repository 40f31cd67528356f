"""How long the emitted settings keep logs; and what the audit's files and checklists say."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.derive import Fleet, derive
from compiler.derive.retention import kept_days
from compiler.emit import File, emit
from compiler.pipeline import read
from compiler.source import Source
from tests.chart.estate import COMPONENTS, KEEPER, PROJECT, SPACES, compiled, platform
from tests.estate import TODAY, sources

ROOT = Path(__file__).parents[1]
AUDIT = """\
  audit:
    bucket: example-audit
    region: %s
    lock: governance
    accessKey: {name: AWS_ACCESS_KEY_ID, key: platform/audit, property: id}
    secretKey: {name: AWS_SECRET_ACCESS_KEY, key: platform/audit, property: key}
    events: {medium: [decision], high: [decision, stop]}
"""
TIER = """\
apiVersion: roster/v1
kind: RiskTier
metadata: {name: high, owner: security-team}
spec:
  level: high
  approveDestructive: true
  dataClass: restricted
  minimumConfidence: 0.9
  exactModel: true
  stopOwner: true
  reasons: true
  logRetentionDays: 400
"""
LOW = TIER.replace("name: high", "name: low").replace("level: high", "level: low")
LOW = LOW.replace("logRetentionDays: 400", "logRetentionDays: 20")
RECORD = """\
apiVersion: roster/v1
kind: AISystem
metadata: {name: flashfusion, owner: security-team}
spec:
  project: flashfusion
  logging: {store: loki, retentionDays: 500}
"""


def with_audit(components: str = COMPONENTS, region: str = "eu-central-1", more: str = "") -> str:
    return platform(f"{AUDIT % region}{more}{components}")


def fleet(*blocks: str) -> Fleet:
    files = sources(blocks)
    if PROJECT in blocks:
        files.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    reading = read(files.values())
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    return derive(graph, TODAY)


NO_LOKI = re.sub(r"    loki: .*\n", "", COMPONENTS)
NO_COLLECTOR = re.sub(r"    collector: .*\n", "", COMPONENTS)


@pytest.mark.parametrize(
    ("blocks", "loki", "audit"),
    [
        ((platform(), TIER), 400, 0),
        ((platform(),), 30, 0),  # the tier's default is longer than Loki's ten days
        ((with_audit(), TIER), 400, 400),
        ((with_audit(), TIER, RECORD), 500, 500),
        ((with_audit(more="    maxDays: 90\n"), TIER), 400, 90),
        ((with_audit(NO_LOKI), TIER), 0, 400),
        ((with_audit(NO_COLLECTOR), TIER), 400, 0),
        ((with_audit(""), TIER), 0, 0),
    ],
)
def test_kept_days(blocks: tuple[str, ...], loki: int, audit: int) -> None:
    estate = fleet(*blocks)
    assert kept_days(estate, "flashfusion", "loki") == loki
    assert kept_days(estate, "flashfusion", "audit") == audit
    assert kept_days(estate, "no-such-project", "loki") == 0


def test_the_shortest_of_a_team_counts() -> None:
    keeper = KEEPER.replace("riskTier: high", "riskTier: low")
    estate = fleet(with_audit(), TIER, LOW, SPACES, keeper, PROJECT)
    assert kept_days(estate, "flashfusion", "loki") == 20
    assert kept_days(estate, "flashfusion", "audit") == 0  # nothing of low risk goes there


def files(*blocks: str) -> dict[str, File]:
    return {file.path: file for file in emit(fleet(*blocks))}


def test_a_first_region_is_not_named() -> None:
    for region, named in (("us-east-1", False), ("eu-central-1", True)):
        text = files(with_audit(region=region), TIER)[
            "compliance/audit/example-audit-400d.bucket.json"
        ]
        assert ("CreateBucketConfiguration" in json.loads(text.text)) is named


def test_without_a_store_there_is_no_table() -> None:
    assert not [
        path for path in files(with_audit(""), TIER) if path.startswith("compliance/audit/")
    ]


def test_the_table_names_what_demands_it() -> None:
    file = files(with_audit(), TIER, RECORD)["compliance/audit/audit.json"]
    (row,) = json.loads(file.text)["agents"]
    assert row["demanded"] == row["loki"] == row["audit"]["days"] == 500
    assert row["audit"]["events"] == ["decision", "stop"]
    lines = {origin.line for origin in file.origins}
    assert "projects/flashfusion/2.yaml:6" in lines


@cache
def shipped() -> tuple[Fleet, dict[str, File]]:
    blocks = [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for name in ("specs", "projects", "policies")
        for path in sorted((ROOT / name).rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    ]
    reading = read(blocks)
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    estate = derive(graph, TODAY)
    return estate, {file.path: file for file in emit(estate)}


PAGES = re.compile(r"compliance/[a-z-]+/(checklist|grants|audit)\.md")


def test_no_link_leads_nowhere() -> None:
    _, emitted = shipped()
    pages = [file for path, file in emitted.items() if PAGES.fullmatch(path)]
    assert {Path(page.path).name for page in pages} == {"audit.md", "checklist.md", "grants.md"}
    for page in pages:
        for target in re.findall(r"\]\(([^)]*)\)", page.text):
            path, _, line = target.partition("#L")
            where = Path("/generated", page.path).parent / path
            plain = "/".join(_walked(where.parts[1:]))
            if line:
                lines = (ROOT / plain).read_text(encoding="utf-8").split("\n")
                assert 1 <= int(line) <= len(lines), target
            else:
                assert plain.removeprefix("generated/") in emitted, target


def _walked(parts: tuple[str, ...]) -> list[str]:
    walked: list[str] = []
    for part in parts:
        walked = walked[:-1] if part == ".." else [*walked, part]
    return walked


def test_every_origin_of_a_checklist_is_shown_or_counted() -> None:
    _, emitted = shipped()
    page = emitted["compliance/flashfusion/checklist.md"]
    lines = {origin.line for origin in page.origins}
    shown = set(re.findall(r"\[([a-z][^\]]*:\d+)\]", page.text))
    assert shown
    assert shown <= lines


def test_every_grant_is_listed_once() -> None:
    estate, emitted = shipped()
    for project in ("flashfusion", "harvestflow"):
        text = emitted[f"compliance/{project}/grants.md"].text
        own = [grant for grant in estate.grants if grant.call.project == project]
        cells = [row.split(" | ") for row in text.splitlines() if row.startswith("| `")]
        unasked = sum(len(row[2].split(", ")) for row in cells if row[2] != "none")
        asked = sum(len(row[3].split(", ")) for row in cells if row[3] != "none")
        assert (unasked, asked) == (
            sum(grant.approval == "none" for grant in own),
            sum(grant.approval == "human" for grant in own),
        )
        assert "not stated" in text


def test_states_follow_the_specs() -> None:
    _, emitted = shipped()
    text = emitted["compliance/flashfusion/checklist.md"].text
    assert re.search(r"\| oversight and stop \| Art\. 14, 26\(2\) \| shown \|", text)
    assert re.search(
        r"\| risk and impact \| Art\. 9, 27 \| open \| not recorded: the risk file", text
    )
    assert re.search(r"\| transparency \| Art\. 13, 50 \| declared \|", text)
    assert "compliant" not in text.lower()


def test_loki_keeps_each_stream_as_long_as_the_table_says() -> None:
    blocks = (
        with_audit(),
        TIER,
        LOW,
        SPACES,
        KEEPER.replace("riskTier: high", "riskTier: low"),
        PROJECT,
    )
    result = compiled(*blocks)
    assert not result.diagnostics
    emitted = {file.path: file for file in result.files}
    config = emitted["clusters/prod/platform/loki/configmap-loki.yaml"].object
    assert config
    limits = yaml.safe_load(config["data"]["loki.yaml"])["limits_config"]
    streams = {stream["selector"]: stream["period"] for stream in limits["retention_stream"]}
    table = json.loads(emitted["compliance/audit/audit.json"].text)["agents"]
    assert limits["retention_period"] == "864000s"
    selector = '{{service_namespace="{project}", service_name="{agent}"}}'
    assert streams == {selector.format(**row): f"{row['loki']}d" for row in table}


def objects(*blocks: str) -> dict[str, dict[str, Any]]:
    """The collector's objects, by kind and name."""
    result = compiled(*blocks)
    assert not result.diagnostics
    where = "clusters/prod/platform/otel-collector/"
    objects = [dict(f.object) for f in result.files if f.path.startswith(where) and f.object]
    return {f"{object['kind']}/{object['metadata']['name']}": object for object in objects}


def test_a_collector_waits_in_a_volume_of_its_own() -> None:
    emitted = objects(with_audit(), TIER, SPACES, KEEPER, PROJECT)
    spec = emitted["StatefulSet/otel-collector"]["spec"]
    (claim,) = spec["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"] == {"storage": "5Gi"}
    (main,) = spec["template"]["spec"]["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in main["volumeMounts"]}
    settings = yaml.safe_load(emitted["ConfigMap/otel-collector"]["data"]["collector.yaml"])
    queue = settings["extensions"]["file_storage/audit"]["directory"]
    assert queue.startswith(f"{mounts['data']}/")
    (credentials,) = main["env"]
    assert credentials["value"] == f"{mounts['secrets']}/credentials"
    template = emitted["ExternalSecret/otel-collector"]["spec"]["target"]["template"]["data"]
    assert set(template) == {"credentials"}
    ports = [
        port["port"]
        for rule in emitted["NetworkPolicy/otel-collector"]["spec"]["egress"]
        for port in rule["ports"]
        if any("ipBlock" in peer for peer in rule["to"])
    ]
    assert ports == [443]


def test_without_a_store_the_collector_is_as_it_was() -> None:
    emitted = objects(platform(), TIER, SPACES, KEEPER, PROJECT)
    assert "Deployment/otel-collector" in emitted
    assert "ExternalSecret/otel-collector" not in emitted
    settings = yaml.safe_load(emitted["ConfigMap/otel-collector"]["data"]["collector.yaml"])
    assert set(settings["service"]["pipelines"]) == {"traces", "metrics", "logs"}
