"""Workloads with their accounts, settings, addresses and disruption budgets."""

from __future__ import annotations

from collections.abc import Mapping

from cdk8s import Chart
from cdk8s_plus_34 import k8s

from compiler.chart.construct.pods import quantities, selector
from compiler.chart.facts import Workload

CONFIRM = {"argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm"}
"""Argo CD asks before it removes what holds data."""


def metadata(
    given: Workload, name: str = "", annotations: Mapping[str, str] | None = None
) -> k8s.ObjectMeta:
    """Name (the component's, unless another is given), namespace and labels."""
    return k8s.ObjectMeta(
        name=name or given["name"],
        namespace=given["namespace"],
        labels=given["labels"],
        annotations=annotations,
    )


def account(chart: Chart, given: Workload) -> None:
    """An identity of its own, without a token in its pods."""
    k8s.KubeServiceAccount(
        chart, "account", metadata=metadata(given), automount_service_account_token=False
    )


def config(chart: Chart, given: Workload, data: Mapping[str, str], name: str = "") -> None:
    """A ConfigMap, of the component's name unless another is given."""
    k8s.KubeConfigMap(
        chart, f"config {name}".strip(), metadata=metadata(given, name), data=dict(data)
    )


def service(
    chart: Chart,
    given: Workload,
    ports: Mapping[str, int],
    *,
    name: str = "",
    headless: bool = False,
    only: Mapping[str, str] | None = None,
) -> None:
    """A stable address; headless: one for each pod, ready or not; `only`: of pods with labels."""
    listed = [
        k8s.ServicePort(name=n, port=p, target_port=k8s.IntOrString.from_string(n))
        for n, p in ports.items()
    ]
    k8s.KubeService(
        chart,
        f"service {name}".strip(),
        metadata=metadata(given, name),
        spec=k8s.ServiceSpec(
            selector={**given["selector"], **(only or {})},
            ports=listed,
            cluster_ip="None" if headless else None,
            publish_not_ready_addresses=True if headless else None,
        ),
    )


def stateful_set(
    chart: Chart, given: Workload, template: k8s.PodTemplateSpec, *, service: str
) -> None:
    """Pods with a volume `data` each, which stays when they go."""
    claim = k8s.PersistentVolumeClaimSpec(
        access_modes=["ReadWriteOnce"],
        resources=k8s.VolumeResourceRequirements(requests=quantities({"storage": given["size"]})),
    )
    k8s.KubeStatefulSet(
        chart,
        "stateful set",
        metadata=metadata(given, annotations=CONFIRM),
        spec=k8s.StatefulSetSpec(
            replicas=given["replicas"],
            service_name=service,
            selector=selector(given),
            template=template,
            pod_management_policy="OrderedReady",
            revision_history_limit=3,
            update_strategy=k8s.StatefulSetUpdateStrategy(type="RollingUpdate"),
            persistent_volume_claim_retention_policy=(
                k8s.StatefulSetPersistentVolumeClaimRetentionPolicy(
                    when_deleted="Retain", when_scaled="Retain"
                )
            ),
            volume_claim_templates=[
                k8s.KubePersistentVolumeClaimProps(
                    metadata=k8s.ObjectMeta(name="data", labels=given["selector"]), spec=claim
                )
            ],
        ),
    )
    _budget(chart, given)


def deployment(chart: Chart, given: Workload, template: k8s.PodTemplateSpec) -> None:
    """Pods that are alike, replaced one by one."""
    k8s.KubeDeployment(
        chart,
        "deployment",
        metadata=metadata(given),
        spec=k8s.DeploymentSpec(
            replicas=given["replicas"],
            revision_history_limit=3,
            selector=selector(given),
            strategy=k8s.DeploymentStrategy(
                type="RollingUpdate",
                rolling_update=k8s.RollingUpdateDeployment(
                    max_surge=k8s.IntOrString.from_number(1),
                    max_unavailable=k8s.IntOrString.from_number(0),
                ),
            ),
            template=template,
        ),
    )
    _budget(chart, given)


def _budget(chart: Chart, given: Workload) -> None:
    """One pod at a time may be evicted; a sick one always, so that drains never hang."""
    if given["replicas"] > 1:
        k8s.KubePodDisruptionBudget(
            chart,
            "disruption budget",
            metadata=metadata(given),
            spec=k8s.PodDisruptionBudgetSpec(
                max_unavailable=k8s.IntOrString.from_number(1),
                selector=selector(given),
                unhealthy_pod_eviction_policy="AlwaysAllow",
            ),
        )
