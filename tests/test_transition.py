"""The step from one output to the next: what a cluster would refuse, and what would do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from compiler.admit.transition import transitions
from compiler.cli import roster
from compiler.emit import File, Origin
from compiler.emit.format.yaml import dump
from tests.estate import compiled

META = {"name": "it", "namespace": "there"}
LABELS = {"matchLabels": {"app": "it"}}
CLAIM = {"metadata": {"name": "data"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
STATEFUL = {"replicas": 2, "selector": LABELS, "serviceName": "it", "volumeClaimTemplates": [CLAIM]}


def origin() -> Origin:
    return compiled().files[0].origins[0]


ORIGIN = origin()


def object(kind: str, version: str = "apps/v1", **parts: Any) -> dict[str, Any]:
    return {"apiVersion": version, "kind": kind, "metadata": META, **parts}


def step(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Code, message and help of the diagnostics of a step between two objects at one path."""
    path = f"clusters/prod/projects/shop/it/{old['kind'].lower()}-it.yaml"
    file = File(path, dump(new), (ORIGIN,), new, "1.36")
    return [(d.code, d.message, d.help) for d in transitions({path: dump(old)}, [file])]


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (
        "a selector",
        object("Deployment", spec={"selector": LABELS}),
        object("Deployment", spec={"selector": {"matchLabels": {"app": "other"}}}),
        "spec.selector",
    ),
    (
        "the Service of a StatefulSet",
        object("StatefulSet", spec=STATEFUL),
        object("StatefulSet", spec={**STATEFUL, "serviceName": "other"}),
        "spec.serviceName",
    ),
    (
        "volume claims",
        object("StatefulSet", spec=STATEFUL),
        object("StatefulSet", spec={**STATEFUL, "volumeClaimTemplates": []}),
        "spec.volumeClaimTemplates",
    ),
    (
        "a Service that becomes headless",
        object("Service", "v1", spec={"ports": []}),
        object("Service", "v1", spec={"ports": [], "clusterIP": "None"}),
        "spec.clusterIP",
    ),
    (
        "the role of a binding",
        object("RoleBinding", roleRef={"kind": "Role", "name": "a"}),
        object("RoleBinding", roleRef={"kind": "Role", "name": "b"}),
        "roleRef",
    ),
    (
        "an immutable ConfigMap",
        object("ConfigMap", "v1", immutable=True, data={"a": "1"}),
        object("ConfigMap", "v1", immutable=True, data={"a": "2"}),
        "data",
    ),
    (
        "a claim",
        object("PersistentVolumeClaim", "v1", spec={"storageClassName": "a"}),
        object("PersistentVolumeClaim", "v1", spec={"storageClassName": "b"}),
        "spec.storageClassName",
    ),
]


@pytest.mark.parametrize(
    ("old", "new", "field"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_what_cannot_change(old: dict[str, Any], new: dict[str, Any], field: str) -> None:
    ((code, message, help),) = step(old, new)
    assert code == "field-immutable"
    assert message == f"`{field}` of {old['kind']} `it` in prod cannot be changed in a cluster"
    assert "remove `generated/clusters/prod/projects/shop/it/" in help
    assert step(old, old) == step(new, new) == []


def test_what_may_change_of_a_stateful_set() -> None:
    new = {**STATEFUL, "replicas": 3, "template": {}, "minReadySeconds": 3}
    assert step(object("StatefulSet", spec=STATEFUL), object("StatefulSet", spec=new)) == []


@pytest.mark.parametrize("kind", ["Deployment", "StatefulSet"])
def test_replicas_that_git_lets_go_of(kind: str) -> None:
    old, new = object(kind, spec={**STATEFUL, "replicas": 3}), dict(STATEFUL)
    del new["replicas"]
    ((code, message, help),) = step(old, object(kind, spec=new))
    assert code == "replicas-dropped"
    assert message == f"{kind} `it` in prod would drop from 3 pods to 1 before it is autoscaled"
    patch = json.loads(help.split("'")[1])
    assert patch["kind"] == kind and patch["spec"] == {"replicas": 3}
    single = object(kind, spec={**STATEFUL, "replicas": 1})
    assert step(single, object(kind, spec=new)) == []


def test_the_last_of_a_kind_is_left_behind() -> None:
    def project(*kinds: str) -> dict[str, Any]:
        spec = {"namespaceResourceWhitelist": [{"group": "apps", "kind": kind} for kind in kinds]}
        return {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "AppProject",
            "metadata": {"name": "prod.shop", "namespace": "argocd"},
            "spec": spec,
        }

    path = "clusters/prod/argocd/projects/appproject.argoproj.io-prod.shop.yaml"
    gone = "clusters/prod/projects/shop/db/statefulset.apps-it.yaml"
    after = project("Deployment")
    before = {
        path: dump(project("Deployment", "StatefulSet")),
        gone: dump(object("StatefulSet", spec=STATEFUL)),
    }
    (diagnostic,) = transitions(before, [File(path, dump(after), (ORIGIN,), after, "1.36")])
    assert diagnostic.code == "kind-left-behind"
    assert diagnostic.help == "delete it, `kubectl -n there delete statefulset it`"


def test_a_spoilt_old_file_says_nothing() -> None:
    new = object("Deployment", spec={"selector": LABELS})
    path = "clusters/prod/x/deployment.apps-it.yaml"
    file = File(path, dump(new), (ORIGIN,), new, "1.36")
    odd = "apiVersion: v1\nkind: x\nmetadata: 1\n"
    whole = dump(object("Deployment", spec={"selector": LABELS, "replicas": "3"}))
    cut = [whole[:end] for end in range(len(whole))]
    kind = whole.replace("kind: Deployment", "kind: [a]")
    for text in ("", "a: [", "- a\n", "kind: Deployment\n", odd, whole, kind):
        assert list(transitions({path: text}, [file])) == []
    assert {d.code for text in cut for d in transitions({path: text}, [file])} <= {
        "field-immutable"
    }


def test_an_old_file_with_an_odd_namespace_that_is_gone() -> None:
    text = dump(object("Deployment", spec={"selector": LABELS})).replace("there", "[a]")
    assert list(transitions({"clusters/prod/x/deployment.apps-it.yaml": text}, [])) == []


@pytest.mark.parametrize("listed", ["3", "[a]", "[{group: 1}]", "{}"])
def test_a_spoilt_old_appproject_says_nothing(listed: str) -> None:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: AppProject\nmetadata: {name: prod.shop}\n"
    path = "clusters/prod/argocd/projects/appproject.argoproj.io-prod.shop.yaml"
    new = {"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject", "metadata": META}
    new["spec"] = {"namespaceResourceWhitelist": []}
    file = File(path, dump(new), (ORIGIN,), new, "1.36")
    for text in (head, f"{head}spec: {{namespaceResourceWhitelist: {listed}}}\n"):
        assert list(transitions({path: text}, [file])) == []


def estate(root: Path, change: Callable[[str], str] = lambda text: text) -> None:
    """The prelude as a repository."""
    from tests.estate import sources

    for source in sources([]).values():
        path = root / source.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change(source.text), encoding="utf-8")


def test_generate_refuses_and_writes_nothing(tmp_path: Path) -> None:
    estate(tmp_path)
    run = CliRunner()
    first = run.invoke(roster, ["generate", "--root", str(tmp_path), "--today", "2026-11-23"])
    assert first.exit_code == 0, first.output
    path = next((tmp_path / "generated/clusters").rglob("deployment.apps-*.yaml"))
    object = yaml.safe_load(path.read_text(encoding="utf-8"))
    object["spec"]["selector"]["matchLabels"]["release"] = "old"
    path.write_text(dump(object), encoding="utf-8")
    before = {p: p.read_bytes() for p in (tmp_path / "generated").rglob("*") if p.is_file()}

    second = run.invoke(roster, ["generate", "--root", str(tmp_path), "--today", "2026-11-23"])
    assert second.exit_code == 1
    assert "error[field-immutable]" in second.output
    assert "nothing is written" in second.output
    assert {p: p.read_bytes() for p in (tmp_path / "generated").rglob("*") if p.is_file()} == before

    path.unlink()  # what the help says
    third = run.invoke(roster, ["generate", "--root", str(tmp_path), "--today", "2026-11-23"])
    assert third.exit_code == 0, third.output
