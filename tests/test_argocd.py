"""Argo CD: what is emitted for it, and what neither its CRDs nor the API server catch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from compiler.admit import gitops
from compiler.admit.crds import Definitions
from compiler.admit.cron import cron_fault
from compiler.emit.format.kubernetes.objects import resource, shortened
from compiler.pipeline import compile
from tests.estate import TODAY, compiled, sources
from tests.layers import CLUSTERS, Server, documents
from tests.layers import sources as as_sources

SHARED = Path(__file__).parents[2] / "shared"
EXAMPLES, CRDS = SHARED / "examples" / "argocd", SHARED / "schemas" / "crds"
CLUSTER = """\
apiVersion: roster/v1
kind: Cluster
metadata: {{name: {name}, owner: team}}
spec:
  environment: dev
  server: https://{name}.example.com:6443
  kubernetes: "1.36"
  ingressDomain: {name}.example.com
  installed: [external-secrets{installed}]
{more}"""


def objects(kind: str, **files: str) -> dict[str, dict[str, Any]]:
    """The emitted objects of a kind, by name."""
    result = compiled(*files.values())
    assert not result.failed, result.diagnostics
    emitted = [f.object for f in result.files if f.object and f.object["kind"] == kind]
    return {o["metadata"]["name"]: o for o in emitted}


def near(more: str = "") -> str:
    return CLUSTER.format(name="near", installed=", argo-cd", more=more)


def estate() -> list[Any]:
    """Every object of a cluster that Argo CD syncs, with its path."""
    servers = {"github": Server(("list", "create")), "k8s": Server(("get",))}
    grants = {
        ("alpha", "dev", "github"): {"list": "none"},
        ("beta", "ops", "k8s"): {"get": "none"},
    }
    result = compile(
        as_sources(documents(servers, grants, clusters=["synced"])).values(), today=TODAY
    )
    assert not result.failed, result.diagnostics
    return [file for file in result.files if file.object is not None]


def test_an_appproject_lists_exactly_what_its_folder_holds() -> None:
    files = estate()
    for name in ("alpha", "beta"):
        folder = f"clusters/synced/projects/{name}/"
        mine = [f.object for f in files if f.path.startswith(folder)]
        (project,) = (f.object for f in files if f.path.endswith(f"-synced.{name}.yaml"))
        spec = project["spec"]
        kinds = {(o["apiVersion"].rpartition("/")[0], o["kind"]) for o in mine}
        assert {(k["group"], k["kind"]) for k in spec["namespaceResourceWhitelist"]} == kinds
        spaces = {o["metadata"]["namespace"] for o in mine}
        assert {(d["name"], d["namespace"]) for d in spec["destinations"]} == {
            ("synced", space) for space in spaces
        }
        assert spec["clusterResourceWhitelist"] == []
        assert {a["namespace"] for a in spec["destinationServiceAccounts"]} == spaces


def test_no_project_brings_rights_or_namespaces() -> None:
    forbidden = {"Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding", "Namespace"}
    for file in estate():
        if "/projects/" in file.path and "/argocd/" not in file.path:
            assert file.object["kind"] not in forbidden


def test_nothing_is_emitted_without_argo_cd() -> None:
    servers, grants = {"github": Server(("list",))}, {("alpha", "dev", "github"): {"list": "none"}}
    inputs = as_sources(documents(servers, grants, clusters=["direct"]))
    assert "argo-cd" not in CLUSTERS["direct"]
    result = compile(inputs.values(), today=TODAY)
    assert not any("/argocd/" in file.path or "/bootstrap/" in file.path for file in result.files)


def test_custom_resources_come_in_waves() -> None:
    waves = {"ExternalSecret": "-5", "AuthorizationPolicy": "-2", "HTTPRoute": "1"}
    servers = {"old": Server(("list",), new=False)}
    inputs = as_sources(
        documents(servers, {("alpha", "dev", "old"): {"list": "none"}}, clusters=["both"])
    )
    result = compile(inputs.values(), today=TODAY)
    seen = {}
    for file in result.files:
        if file.object is not None and file.object["kind"] in waves:
            notes = file.object["metadata"]["annotations"]
            seen[file.object["kind"]] = notes["argocd.argoproj.io/sync-wave"]
    assert seen == waves


def test_names_fit_and_differ() -> None:
    long = "a" * 40 + "." + "b" * 40
    assert len(shortened(long)) <= 63
    assert shortened(long) != shortened(long + "c")
    assert shortened("prod.shop.agent-x") == "prod.shop.agent-x"


def test_one_argo_cd_may_sync_another_cluster() -> None:
    far = CLUSTER.format(name="far", installed="", more="  argocd: near\n")
    applications = objects("Application", near=near(), far=far)
    assert applications["far.root"]["spec"]["destination"] == {
        "name": "near",
        "namespace": "argocd",
    }
    assert applications["far.namespaces"]["spec"]["destination"]["name"] == "far"
    project = objects("AppProject", near=near(), far=far)["far.cluster"]
    assert (
        project["spec"]["destinationServiceAccounts"][0]["server"] == "https://far.example.com:6443"
    )


WINDOW = """\
  syncWindows:
    - {{kind: deny, schedule: "{schedule}", duration: 62h, timeZone: {zone}}}
"""


@pytest.mark.parametrize(
    ("schedule", "zone", "says"),
    [
        ("99 18 * * 5", "UTC", "`99` is no minute of a cron schedule"),
        ("0 18 * *", "UTC", "has 4 fields, not 5"),
        ("0 18 * * 5", "Europe/Berln", "`Europe/Berln` is not a time zone; did you mean"),
        ("@daily", "UTC", "has 1 fields, not 5"),
    ],
)
def test_a_sync_window_that_argo_cd_misreads_is_reported(
    schedule: str, zone: str, says: str
) -> None:
    more = WINDOW.format(schedule=schedule, zone=zone)
    inputs = sources([CLUSTER.format(name="prod", installed=", argo-cd", more=more)])
    (diagnostic,) = compile(inputs.values(), today=TODAY).diagnostics
    assert (diagnostic.code, diagnostic.span.start.line) == ("object-invalid", 11)
    assert says in diagnostic.message


@pytest.mark.parametrize(
    ("schedule", "fault"),
    [
        ("*/5 0-6,22 1 jan-mar mon", False),
        ("0 0 ? * SUN", False),
        ("0 24 * * *", True),
        ("0 0 0 * *", True),
        ("0 0 * 13 *", True),
        ("0 0 * * 7", True),
        ("*/0 * * * *", True),
        ("5-1 * * * *", True),
        ("a * * * *", True),
        ("0 0 * * mon-fri", False),
    ],
)
def test_cron(schedule: str, fault: bool) -> None:
    assert (cron_fault(schedule) is not None) is fault
    assert cron_fault("@hourly", descriptors=True) is None
    assert cron_fault("@every 1h30m", descriptors=True) is None


VERDICTS = {  # by file: what the CRD says, and what the lint says beside it
    "app-good": (False, ()),
    "app-unknown": (True, ()),
    "app-type": (True, ()),
    "app-nodest": (True, ("spec.destination",)),
    "app-badsyncoption": (False, ("spec.syncPolicy.syncOptions.0",)),
    "app-bothdest": (False, ("spec.destination",)),
    "app-noproject": (False, ("spec.project",)),
    "appset-good": (False, ()),
    "appset-badenum": (True, ()),
    "proj-good": (False, ()),
    "proj-badcron": (False, ("spec.syncWindows.0.schedule",)),
    "proj-badwindow": (False, ("spec.syncWindows.0.kind",)),
}


@pytest.mark.skipif(not EXAMPLES.is_dir(), reason="the shared examples are not here")
@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_examples(name: str) -> None:
    assert {path.stem for path in EXAMPLES.glob("*.yaml")} == set(VERDICTS)
    projects = [("good", yaml.safe_load((EXAMPLES / "proj-good.yaml").read_text(encoding="utf-8")))]
    object = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8"))
    refused, fields = VERDICTS[name]
    definitions, faults = Definitions.parse(
        {path.name: path.read_text(encoding="utf-8") for path in CRDS.glob("argo-*.yaml")}
    )
    assert not faults
    assert bool([*definitions.refused(object)]) is refused
    mistakes = gitops.faults(
        [("this", object), *(projects if object["kind"] == "Application" else [])]
    )
    assert tuple(field for path, field, _ in mistakes if path == "this") == fields


@pytest.mark.parametrize(
    ("kind", "plural"),
    [
        ("NetworkPolicy", "networkpolicies"),
        ("Gateway", "gateways"),
        ("Ingress", "ingresses"),
        ("AgentgatewayParameters", "agentgatewayparameters"),
        ("HTTPRoute", "httproutes"),
    ],
)
def test_the_resource_of_a_kind(kind: str, plural: str) -> None:
    assert resource(kind) == plural
