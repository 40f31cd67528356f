"""An independent reader of CODEOWNERS finds for every spec the people that its tier demands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from codeowners import CodeOwners

from tests.governance.shipped import ROOT, emitted


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return emitted(tmp_path_factory.mktemp("codeowners")) / "compliance"


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for name in ("specs", "projects", "policies"):
        for path in sorted((ROOT / name).rglob("*.yaml")):
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                yield path.relative_to(ROOT).as_posix(), document


SPECS = list(documents())
KIND = {
    kind: [d for _, d in SPECS if d["kind"] == kind] for kind in ("Agent", "Owners", "RiskTier")
}
OWNERS = {
    owner["name"]: set(owner["reviewers"]) for d in KIND["Owners"] for owner in d["spec"]["owners"]
}
WATCH = OWNERS[KIND["Owners"][0]["spec"]["compliance"]]
LEAST = {d["metadata"]["name"]: d["spec"]["reviewers"] for d in KIND["RiskTier"]}
TIERS = {d["metadata"]["name"]: LEAST[d["spec"]["riskTier"]] for d in KIND["Agent"]}


def least(path: str, document: dict[str, Any]) -> int:
    """How many must review a spec, computed once more from the texts alone."""
    spec, name = document["spec"], document["metadata"]["name"]
    match document["kind"]:
        case "Agent":
            return TIERS[name]
        case "Project":
            return max(TIERS[entry["agent"]] for entry in spec["agents"])
        case "AISystem" | "Workflow":
            (team,) = (
                d
                for _, d in SPECS
                if d["kind"] == "Project" and d["metadata"]["name"] == spec["project"]
            )
            return least("", team)
        case "MCPServer":
            users = [
                TIERS[d["metadata"]["name"]]
                for d in KIND["Agent"]
                if name in [use["server"] for use in d["spec"].get("servers", [])]
            ]
            return max(users, default=1)
    return 1


def handles(reader: CodeOwners, path: str) -> set[str]:
    return {handle for _, handle in reader.of(path)}


@pytest.mark.parametrize(("path", "document"), SPECS, ids=[path for path, _ in SPECS])
def test_every_spec_has_its_reviewers(path: str, document: dict[str, Any], folder: Path) -> None:
    reviewers = handles(CodeOwners((folder / "CODEOWNERS").read_text()), path)
    assert len(reviewers) >= least(path, document)
    assert OWNERS.get(document["metadata"].get("owner"), set()) <= reviewers
    watched = path.startswith(("policies/", "projects/")) or document["kind"] == "Agent"
    assert not watched or reviewers >= WATCH


def test_prompts_belong_to_their_agents(folder: Path) -> None:
    reader = CodeOwners((folder / "CODEOWNERS").read_text())
    for document in KIND["Agent"]:
        path = f"specs/prompts/{document['spec']['prompt']['file']}"
        assert handles(reader, path) == OWNERS[document["metadata"]["owner"]] | WATCH


def test_what_a_server_lists_is_reviewed_by_those_who_review_its_spec(folder: Path) -> None:
    reader = CodeOwners((folder / "CODEOWNERS").read_text())
    locks = sorted(path.name for path in (ROOT / "specs/mcp-servers").glob("*.tools.json"))
    assert locks
    for name in locks:
        lock, spec = (f"specs/mcp-servers/{name.removesuffix('.tools.json')}{end}"
                      for end in (".tools.json", ".yaml"))  # fmt: skip
        assert handles(reader, lock) == handles(reader, spec)


def test_a_path_without_an_owner_is_the_platforms(folder: Path) -> None:
    reader = CodeOwners((folder / "CODEOWNERS").read_text())
    assert handles(reader, "compiler/__init__.py") == OWNERS["platform-team"]
    assert handles(reader, "policies/new.yaml") == WATCH
    assert handles(reader, "projects/flashfusion/charts/new.py") == OWNERS["payments-team"] | WATCH


def sections(text: str) -> dict[tuple[str, int], CodeOwners]:
    """GitLab's sections, each with the number of approvals that it wants."""
    parts = re.split(r"^\[([^]]+)\]\[(\d+)\]$", text, flags=re.MULTILINE)
    names, numbers, bodies = parts[1::3], parts[2::3], parts[3::3]
    return {(n, int(k)): CodeOwners(b) for n, k, b in zip(names, numbers, bodies, strict=True)}


@pytest.mark.parametrize(("path", "document"), SPECS, ids=[path for path, _ in SPECS])
def test_gitlab_asks_for_as_many(path: str, document: dict[str, Any], folder: Path) -> None:
    readers = sections((folder / "CODEOWNERS.gitlab").read_text())
    asked = {key: handles(reader, path) for key, reader in readers.items()}
    needed = max(number for (_, number), people in asked.items() if people)
    assert needed >= least(path, document)
    assert all(len(people) >= number for (_, number), people in asked.items() if people)
    assert {name for name, _ in readers} == {"Owners", "Compliance", "2 reviewers"}
