"""ToolHive's authorizer and Istio's validation, built from their published modules, judge rules."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.verify.cedar import Request, decide, first_statements
from tests import mutations
from tests.mutations.changes import find
from tests.mutations.estate import GRANTS, SERVERS, estate

ROOT = Path(__file__).parents[2]
JUDGES = ROOT / ".venv" / "judges"
SUBJECTS = {
    f"system:serviceaccount:{project}-agents:{agent}": (project, agent)
    for project, agent in (
        *(("alpha", name) for name in ("dev", "ops", "idle")),
        ("beta", "dev"),
        ("unknown", "dev"),
    )
}
NAMESPACES = {"alpha-mcp-servers": "alpha", "beta-mcp-servers": "beta", "mcp-servers": ""}
TOOLS = [
    f"{name}_{tool}" for name, server in SERVERS.items() for tool in (*server.tools, "undeclared")
]


def ask(judge: str, question: Any) -> Any:
    done = subprocess.run(
        [str(JUDGES / judge)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def toolhive(policies: list[str]) -> dict[tuple[str, str], bool]:
    calls = list(product(SUBJECTS, TOOLS))
    asked = {
        "policies": policies,
        "entities": "[]",
        "server": "tool-gateway",
        "calls": [{"subject": subject, "tool": tool} for subject, tool in calls],
    }
    return dict(zip(calls, ask("toolhive", asked), strict=True))


def policies(files: Mapping[str, str], namespace: str) -> list[str]:
    path = find(dict(files), "toolhive", "MCPAuthzConfig", "tool-gateway", namespace)
    return list(yaml.safe_load(files[path])["spec"]["config"]["policies"])


@pytest.mark.parametrize("namespace", list(NAMESPACES))
def test_toolhive_decides_as_the_specs_say(namespace: str) -> None:
    home, allowed = NAMESPACES[namespace], 0
    for (subject, name), decided in toolhive(policies(estate(), namespace)).items():
        server, _, tool = name.partition("_")
        granted = GRANTS.get((*SUBJECTS[subject], server), {})
        reached = SERVERS[server].shared if not home else SUBJECTS[subject][0] == home
        own = SERVERS[server].shared == (not home)
        assert decided == (tool in granted and reached and own), (subject, name)
        allowed += decided
    assert allowed


def test_our_reading_of_cedar_is_toolhives() -> None:
    """This holds for mutated policies too: what ToolHive refuses to load, verify refuses."""
    tried = 0
    for mutation in mutations.every():
        if mutation.layer == "toolhive":
            files = estate()
            mutation.apply(files)
            try:
                spoilt = policies(files, "alpha-mcp-servers")
            except AssertionError:  # the whole object is gone
                continue
            if not spoilt:
                continue
            try:
                kept = first_statements(spoilt)
            except ValueError:
                with pytest.raises(AssertionError):
                    toolhive(spoilt)
                continue
            real = toolhive(spoilt)
            requests = [Request(subject, tool) for subject, tool in real]
            assert decide(kept, requests, {}, "tool-gateway", []) == list(real.values())
            tried += 1
    assert tried >= 8


def test_istio_accepts_every_object() -> None:
    shipped = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in (ROOT / "generated" / "clusters").rglob("*.yaml")
        if "security.istio.io" in path.name or path.name.startswith("gateway.gateway")
    }
    files = shipped | {path: text for path, text in estate().items() if "security.istio.io" in path}
    assert ask("istio", files) == {"judged": len(files), "refused": []}
    assert len(files) > 200


def test_istio_refuses_what_is_wrong() -> None:
    files = estate()
    path = find(files, "mesh", "AuthorizationPolicy", "github", "alpha-mcp-servers")
    object = yaml.safe_load(files[path])
    object["spec"]["rules"][0]["when"][0]["key"] = "request.headers"
    assert len(ask("istio", {path: json.dumps(object)})["refused"]) == 1
