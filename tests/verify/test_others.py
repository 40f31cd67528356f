"""kagent, RBAC, client configurations, broken artefacts, and the command itself."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from compiler.parse import parse
from compiler.source import Source
from compiler.verify import Malformed, Report, verify
from compiler.verify.callers import UNDECLARED
from tests.test_cli import roster
from tests.verify.artefacts import (
    AGENTS,
    BASE,
    SERVER,
    SERVERS,
    SPECS,
    files,
    manifest,
    parse_specs,
    report,
    service,
    tools,
)


# --- kagent
def kagent(**server: object) -> Report:
    tool = {
        "type": "McpServer",
        "mcpServer": {"kind": "RemoteMCPServer", "name": "github", **server},
    }
    url = {"url": "http://github.p-mcp-servers.svc:8080/mcp"}
    objects = (
        manifest("kagent.dev/RemoteMCPServer", "github", url, AGENTS),
        manifest("kagent.dev/Agent", "ada", {"declarative": {"tools": [tool]}}, AGENTS),
    )
    return report("kagent", parse_specs("kagent"), (SERVER, service(), *objects))


def test_kagent_gives_the_named_tools() -> None:
    assert not kagent(toolNames=["get_it"]).failed


@pytest.mark.parametrize("names", [{}, {"toolNames": []}])
def test_kagent_gives_all_tools_without_names(names: dict[str, object]) -> None:
    assert ("ada", "drop_it") in tools(kagent(**names).excess)


def test_kagent_must_ask_no_more_and_no_less() -> None:
    result = kagent(toolNames=["get_it"], requireApproval=["get_it"])
    assert [call.approval for call in result.missing] == ["none"]
    assert [call.approval for call in result.excess] == ["human"]


# --- RBAC
RBAC = "rbac.authorization.k8s.io"
LOOKERS = {"kind": "Group", "name": "oidc:lookers"}
ACCOUNT = {"kind": "ServiceAccount", "name": "github", "namespace": SERVERS}


def right(group: str, resource: str, *verbs: str, **more: object) -> dict[str, object]:
    return {"apiGroups": [group], "resources": [resource], "verbs": list(verbs), **more}


def bound(
    name: str, subject: object, rules: object, home: str, kind: str = "Role"
) -> Iterable[str]:
    yield manifest(f"{RBAC}/Role", name, home=home, rules=rules)
    ref = {"kind": kind, "name": name}
    yield manifest(f"{RBAC}/RoleBinding", name, home=home, roleRef=ref, subjects=[subject])


def rbac(*rules: object, more: Iterable[str] = ()) -> Report:
    look = [right("", "pods", "get", "list", "watch")]
    objects = [
        text
        for home in (AGENTS, SERVERS)
        for pair in (bound("github", ACCOUNT, rules, home), bound("look", LOOKERS, look, home))
        for text in pair
    ]
    return report("rbac", parse_specs(), (*objects, *more))


NEEDED = right("", "pods", "get")


def test_rights_as_they_should_be() -> None:
    assert not rbac(NEEDED).failed


@pytest.mark.parametrize(
    ("rules", "missing"),
    [
        ([], True),
        ([right("", "pods", "list")], True),
        ([right("", "pods", "get", resourceNames=["x"])], True),
        ([right("", "pods", "*")], False),
        ([right("*", "*", "*")], False),
        ([NEEDED, right("", "pods", "delete")], False),
    ],
)
def test_rights_too_few_and_too_many(rules: list[object], missing: bool) -> None:
    result = rbac(*rules)
    assert (("", "get_it") in tools(result.missing)) is missing
    assert result.faults


@pytest.mark.parametrize(
    "rule",
    [
        right("", "secrets", "get"),
        right("", "pods", "delete"),
        right("", "pods/exec", "create"),
        right("*", "pods", "get"),
    ],
)
def test_a_viewer_only_looks(rule: object) -> None:
    assert rbac(NEEDED, more=bound("x", LOOKERS, [rule], AGENTS)).faults


def test_other_subjects_places_and_cluster_roles_are_faults() -> None:
    look = [right("", "pods", "get")]
    for more in (
        bound("x", {"kind": "User", "name": "eve"}, look, AGENTS),
        bound("x", {"kind": "Group", "name": "system:authenticated"}, look, AGENTS),
        bound("x", LOOKERS, look, "kube-system"),
        bound("x", LOOKERS, look, AGENTS, kind="ClusterRole"),
        [manifest(f"{RBAC}/ClusterRole", "x", home="", rules=look)],
    ):
        assert rbac(NEEDED, more=more).faults


# --- clients
FOLDER = "clients/p/ada/"


def claude(**permissions: object) -> set[tuple[str, str]]:
    """The tools that Claude Code calls beyond what is granted, with or without asking."""
    servers = {"mcpServers": {"github": {"env": {"TOKEN": "${TOKEN}"}}}}
    texts = {
        f"{FOLDER}.mcp.json": json.dumps(servers),
        f"{FOLDER}.claude/settings.json": json.dumps({"permissions": permissions}),
    }
    excess = report("clients", parse_specs(), texts=texts).excess
    return {(call.tool, call.approval) for call in excess}


ALL, GET_IT, DROP_IT = "mcp__github", "mcp__github__get_it", "mcp__github__drop_it"


def test_permissions_of_claude_code() -> None:
    unheard = (UNDECLARED, "none")
    assert claude(allow=[GET_IT], deny=[DROP_IT]) == set()
    assert claude(allow=[GET_IT]) == {("drop_it", "human")}
    assert claude(allow=[ALL], deny=[DROP_IT]) == {unheard}
    assert claude(allow=[ALL + "__*"], ask=[GET_IT], deny=[DROP_IT]) == {
        unheard,
        ("get_it", "human"),
    }
    assert claude(deny=[ALL], allow=[DROP_IT]) == set()
    assert claude(defaultMode="bypassPermissions") == {unheard, ("drop_it", "none")}
    assert claude(defaultMode="dontAsk", allow=[GET_IT]) == set()


@pytest.mark.parametrize(
    ("value", "faulty"),
    [("${TOKEN}", False), ("${TOKEN:-s3cret}", True), ("s3cret", True), ("${input:a}", True)],
)
def test_a_literal_secret_is_a_fault_that_does_not_repeat_it(value: str, faulty: bool) -> None:
    servers = {"mcpServers": {"github": {"env": {"TOKEN": value}}}}
    result = report(
        "clients-claude", parse_specs(), texts={f"{FOLDER}.mcp.json": json.dumps(servers)}
    )
    assert bool(result.faults) is faulty
    assert "s3cret" not in "".join(result.faults)


# --- malformed input
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: [1",
        "- 1",
        "null",
        "kind: Role",
        "a: &x 1\nb: *x",
        "[" * 5000,
        manifest("List", "x"),
    ],
)
def test_a_file_that_is_no_object_is_a_fault_with_its_path(text: str) -> None:
    faults = report("files", parse_specs(), (text,)).faults
    assert faults
    assert all("clusters/c/0.yaml" in fault for fault in faults)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"agents": 3}', '{"agents": [{"id": 1}]}', '{"a": 1, "a": 2}', "[" * 90_000],
)
def test_a_registry_that_is_none_is_a_fault_with_its_path(text: str) -> None:
    (fault,) = report("registry", parse_specs(), texts={"registry/registry.json": text}).faults
    assert "registry/registry.json" in fault


@pytest.mark.parametrize(
    "spec", [3, "x", [], [3], {"a": 3}, True, {"podSelector": 3}, {"template": []}]
)
@pytest.mark.parametrize(
    "kind",
    [
        "networking.k8s.io/NetworkPolicy",
        "security.istio.io/AuthorizationPolicy",
        "gateway.networking.k8s.io/Gateway",
        "agentgateway.dev/AgentgatewayPolicy",
        "kagent.dev/Agent",
        "apps/Deployment",
        "Service",
    ],
)
def test_a_spec_of_another_shape_is_no_crash(kind: str, spec: object) -> None:
    documents = parse_specs("agentgateway", "istio-ambient", "kagent")
    verify(files((*BASE, manifest(kind, "y", spec, AGENTS))), documents)


def test_specs_that_are_none() -> None:
    documents, _ = parse(Source("specs/a.yaml", "kind: Project\nmetadata: {name: p}\nspec: 3\n"))
    with pytest.raises(Malformed):
        verify({}, documents)


# --- the command
@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "generated").mkdir()
    text = SPECS.replace("LAYERS", "[]").replace("INSTALLED", "[]")
    (tmp_path / "specs" / "all.yaml").write_text(text)
    return tmp_path


def test_the_command_reports_differences(repository: Path) -> None:
    result = roster("verify", "--root", str(repository))
    assert result.returncode == 1
    assert "  missing  c  p/ada -> github (p-mcp-servers)\n" in result.stdout
    assert result.stdout.endswith("layers differ from the specs\n")


def test_the_command_writes_json(repository: Path) -> None:
    result = roster("verify", "--root", str(repository), "--format", "json")
    output = json.loads(result.stdout)
    assert (result.returncode, output["version"]) == (1, 1)
    assert output["layers"]["agent-config"]["missing"] == [
        {
            "cluster": "c",
            "project": "p",
            "agent": "ada",
            "namespace": "p-mcp-servers",
            "server": "github",
            "tool": "get_it",
            "approval": "none",
        }
    ]


def test_the_command_needs_a_folder_without_symlinks(repository: Path) -> None:
    nowhere = roster("verify", str(repository / "nowhere"), "--root", str(repository))
    assert (nowhere.returncode, nowhere.stdout) == (2, "")
    (repository / "generated" / "x").symlink_to("/etc")
    assert roster("verify", "--root", str(repository)).returncode == 2


def test_specs_with_errors_are_shown(repository: Path) -> None:
    (repository / "specs" / "all.yaml").write_text("a: [1")
    result = roster("verify", "--root", str(repository))
    assert (result.returncode, result.stdout) == (1, "")
    assert "specs/all.yaml" in result.stderr
