"""Projects' charts that are odd: each is a diagnostic, and never a traceback."""

from __future__ import annotations

import pytest

from compiler.pipeline import Compilation, compile
from tests.estate import TODAY, sources

PATH = "projects/flashfusion/charts/etl.py"
HEAD = f"""\
# file: {PATH}
from cdk8s import ApiObject, ApiObjectMetadata, JsonPatch
from cdk8s_plus_34 import k8s


def thing(chart, kind, version, patches, name="etl", namespace="flashfusion-agents"):
    own = ApiObjectMetadata(name=name, namespace=namespace)
    made = ApiObject(chart, kind, kind=kind, api_version=version, metadata=own)
    for path, value in patches.items():
        made.add_json_patch(JsonPatch.add(path, value))


def build(chart, given):
"""
JOB = {"restartPolicy": "Never", "serviceAccountName": "etl", "containers": []}


def chart(body: str) -> Compilation:
    text = HEAD + "".join(f"    {line}\n" for line in body.splitlines())
    return compile(sources([text]).values(), today=TODAY)


def diagnostics(body: str) -> set[tuple[str, str]]:
    return {(d.code, d.message) for d in chart(body).diagnostics}


ODD = {
    "labels that are none": 'thing(chart, "ConfigMap", "v1", {"/metadata/labels": 3})',
    "a name that is none": 'thing(chart, "ConfigMap", "v1", {"/metadata/name": {"a": "b"}})',
    "no metadata": 'thing(chart, "ConfigMap", "v1", {"/metadata": None})',
    "a name of two lines": 'thing(chart, "ConfigMap", "v1", {}, name="etl-a/../../b")',
    "a template that is none": 'thing(chart, "Deployment", "apps/v1", {"/spec": {"template": 7}})',
    "a spec that is none": 'thing(chart, "CronJob", "batch/v1", {"/spec": []})',
    "a kind that is none": 'thing(chart, "ConfigMap", "v1", {"/kind": None})',
    "a selector that is none": 'thing(chart, "Service", "v1", {"/spec": {"selector": "all"}})',
    "secrets that are none": (
        'thing(chart, "ExternalSecret", "external-secrets.io/v1", {"/spec": {"data": [1]}})'
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd(name: str) -> None:
    result = chart(ODD[name])
    assert result.failed
    assert all(d.span.path == PATH for d in result.diagnostics), result.diagnostics


BORROWED = {
    "a secret as variables": {"envFrom": [{"secretRef": {"name": "financial"}}]},
    "a secret as variable": {
        "env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "financial", "key": "a"}}}]
    },
}


@pytest.mark.parametrize("name", BORROWED)
def test_borrowed(name: str) -> None:
    pod = {
        **JOB,
        "containers": [{"name": "main", "image": "ghcr.io/example/etl:1", **BORROWED[name]}],
    }
    body = f'thing(chart, "Job", "batch/v1", {{"/spec": {{"template": {{"spec": {pod!r}}}}}}})'
    assert any("uses `financial`" in message for _, message in diagnostics(body))


VOLUMES = {
    "secretName": {"secret": {"secretName": "financial"}},
    "secret": {"projected": {"sources": [{"secret": {"name": "financial"}}]}},
    "claimName": {"persistentVolumeClaim": {"claimName": "financial"}},
    "nodePublishSecretRef": {"csi": {"driver": "x", "nodePublishSecretRef": {"name": "financial"}}},
}


@pytest.mark.parametrize("key", VOLUMES)
def test_a_volume_of_others(key: str) -> None:
    pod = {**JOB, "volumes": [{"name": "x", **VOLUMES[key]}]}
    body = f'thing(chart, "Job", "batch/v1", {{"/spec": {{"template": {{"spec": {pod!r}}}}}}})'
    assert any(f"uses `financial` ({key})" in message for _, message in diagnostics(body))


def test_secrets_to_pull_with() -> None:
    pod = {**JOB, "imagePullSecrets": [{"name": "financial"}]}
    body = f'thing(chart, "Job", "batch/v1", {{"/spec": {{"template": {{"spec": {pod!r}}}}}}})'
    assert any("uses `financial` (imagePullSecrets)" in message for _, message in diagnostics(body))


KNOWN = {
    "a waypoint": {"labels": {"gateway.networking.k8s.io/gateway-name": "waypoint"}},
    "out of the mesh": {"labels": {"istio.io/dataplane-mode": "none"}},
    "past the mesh": {"annotations": {"ambient.istio.io/bypass-inbound-capture": "true"}},
}


@pytest.mark.parametrize("name", KNOWN)
def test_a_pod_that_would_pass_for_others(name: str) -> None:
    template = {"metadata": KNOWN[name], "spec": JOB}
    body = f"""own = k8s.ObjectMeta(name="etl", namespace="flashfusion-agents")
k8s.KubeServiceAccount(chart, "account", metadata=own)
thing(chart, "Job", "batch/v1", {{"/spec": {{"template": {template!r}}}}})"""
    assert {code for code, _ in diagnostics(body)} == {"chart-takes-identity"}


def test_scaling_others() -> None:
    target = {"scaleTargetRef": {"kind": "Deployment", "name": "financial"}}
    body = f'thing(chart, "HorizontalPodAutoscaler", "autoscaling/v2", {{"/spec": {target!r}}})'
    assert any("uses `financial` (scaleTargetRef)" in message for _, message in diagnostics(body))


def test_secrets_by_the_dozen() -> None:
    spec = {"data": [], "dataFrom": [{"extract": {"key": "flashfusion/financial"}}]}
    body = f'thing(chart, "ExternalSecret", "external-secrets.io/v1", {{"/spec": {spec!r}}})'
    assert {code for code, _ in diagnostics(body)} == {"chart-outside-project"}


def test_two_charts_make_one_object() -> None:
    first = HEAD + '    thing(chart, "ConfigMap", "v1", {}, name="etl-load")\n'
    other = first.replace("charts/etl.py", "charts/etl-load.py")
    result = compile(sources([first, other]).values(), today=TODAY)
    assert {d.code for d in result.diagnostics} == {"object-twice"}


def test_an_object_that_the_cluster_would_refuse() -> None:
    result = chart('thing(chart, "ConfigMap", "v1", {"/data": {"a": 1}})')
    (diagnostic,) = {(d.code, d.span.path) for d in result.diagnostics}
    assert diagnostic == ("object-invalid", PATH)


def test_quantities_are_canonical_and_labels_are_set() -> None:
    sizes = {
        "requests": {"cpu": "1000m", "memory": "1024Mi"},
        "limits": {"cpu": "1.5", "memory": "2048Mi"},
    }
    body = f"""\
own = k8s.ObjectMeta(name="etl", namespace="flashfusion-agents")
k8s.KubeServiceAccount(chart, "account", metadata=own)
pod = {{"restartPolicy": "Never", "serviceAccountName": "etl", "containers": [
    {{"name": "main", "image": "ghcr.io/example/etl:1.0.0", "resources": {sizes!r}}}]}}
thing(chart, "Job", "batch/v1", {{"/spec": {{"template": {{"spec": pod}}}}}})"""
    result = chart(body)
    assert result.diagnostics == ()
    job = next(f.object for f in result.files if f.path.endswith("job.batch-etl.yaml"))
    assert job is not None
    template = job["spec"]["template"]
    assert template["metadata"]["labels"]["app.kubernetes.io/component"] == "chart"
    (container,) = template["spec"]["containers"]
    assert container["resources"]["requests"] == {"cpu": "1", "memory": "1Gi"}
    assert container["resources"]["limits"] == {"cpu": "1500m", "memory": "2Gi"}


def test_the_volume_of_another_is_not_cloned() -> None:
    source = {"kind": "PersistentVolumeClaim", "name": "financial"}
    body = f'thing(chart, "PersistentVolumeClaim", "v1", {{"/spec": {{"dataSource": {source!r}}}}})'
    assert any("uses `financial` (dataSource)" in message for _, message in diagnostics(body))


def test_the_secret_of_another_is_not_filled() -> None:
    spec = {"data": [], "target": {"name": "financial", "creationPolicy": "Merge"}}
    body = f'thing(chart, "ExternalSecret", "external-secrets.io/v1", {{"/spec": {spec!r}}})'
    assert any(
        "fills a Secret that could be another's" in message for _, message in diagnostics(body)
    )


def test_a_chart_lies_in_one_namespace() -> None:
    body = """\
thing(chart, "ConfigMap", "v1", {})
thing(chart, "Service", "v1", {"/spec": {"selector": given["selector"], "ports": [{"port": 80}]}},
      namespace="flashfusion-mcp-servers")"""
    assert [(d.code, d.span.path) for d in chart(body).diagnostics] == [
        ("chart-outside-project", PATH)
    ]


@pytest.mark.parametrize("name", ["financial", "stripe", "tool", "waypoint", "argocd"])
def test_a_chart_is_no_namesake(name: str) -> None:
    text = HEAD.replace("charts/etl.py", f"charts/{name}.py") + "    pass\n"
    (diagnostic,) = compile(sources([text]).values(), today=TODAY).diagnostics
    assert diagnostic.code == "chart-outside-project"
    assert f"would belong to the chart `{name}`" in diagnostic.message


def test_a_text_that_is_none() -> None:
    (diagnostic,) = diagnostics('thing(chart, "ConfigMap", "v1", {"/data": {"a": "\\udce4"}})')
    assert diagnostic == ("chart-fails", "a text in it is no Unicode text")
