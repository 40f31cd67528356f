"""What an API server would refuse beyond the schema: rules on one object, from Kubernetes 1.36.1.

A rule is a function from an object, as plain data, to refusals; RULES is the table. The sources are
named in each file. We are stricter on purpose in a few places: verbs of RBAC have a vocabulary,
amounts are in canonical form, names of Services suit servers before 1.36 too, each object has a
name and a namespace of its own, and lists hold nothing twice that server-side apply merges by key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from compiler.admit.semantics.accounts import account
from compiler.admit.semantics.admission import admission_binding, admission_policy
from compiler.admit.semantics.claims import claim
from compiler.admit.semantics.contents import config_map, secret
from compiler.admit.semantics.ingress import ingress, ingress_class
from compiler.admit.semantics.jobs import cron_job, job
from compiler.admit.semantics.limits import limit_range, priority_class, quota
from compiler.admit.semantics.metadata import CLUSTER_WIDE, metadata
from compiler.admit.semantics.namespaces import namespace
from compiler.admit.semantics.network import network_policy
from compiler.admit.semantics.pods import pod
from compiler.admit.semantics.rbac import cluster_role, cluster_role_binding, role, role_binding
from compiler.admit.semantics.refusal import Object, Refusal, Refusals, mapping, text
from compiler.admit.semantics.removed import REMOVED
from compiler.admit.semantics.scaling import autoscaler, disruption_budget
from compiler.admit.semantics.services import service
from compiler.admit.semantics.storage import storage_class
from compiler.admit.semantics.workloads import (
    daemon_set,
    deployment,
    replica_set,
    stateful_set,
)

__all__ = ["REMOVED", "RULES", "Refusal", "duplicates", "refusals"]


_RBAC, _NETWORK = "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1"
_ADMISSION = "admissionregistration.k8s.io/v1"
RULES: Mapping[tuple[str, str], Callable[[Object], Refusals]] = {
    ("v1", "Namespace"): namespace,
    ("v1", "ServiceAccount"): account,
    ("v1", "ConfigMap"): config_map,
    ("v1", "Secret"): secret,
    ("v1", "Service"): service,
    ("v1", "Pod"): pod,
    ("v1", "PersistentVolumeClaim"): claim,
    ("v1", "ResourceQuota"): quota,
    ("v1", "LimitRange"): limit_range,
    ("apps/v1", "Deployment"): deployment,
    ("apps/v1", "ReplicaSet"): replica_set,
    ("apps/v1", "StatefulSet"): stateful_set,
    ("apps/v1", "DaemonSet"): daemon_set,
    ("batch/v1", "Job"): job,
    ("batch/v1", "CronJob"): cron_job,
    ("autoscaling/v2", "HorizontalPodAutoscaler"): autoscaler,
    ("policy/v1", "PodDisruptionBudget"): disruption_budget,
    (_NETWORK, "NetworkPolicy"): network_policy,
    (_RBAC, "Role"): role,
    (_RBAC, "ClusterRole"): cluster_role,
    (_RBAC, "RoleBinding"): role_binding,
    (_RBAC, "ClusterRoleBinding"): cluster_role_binding,
    (_NETWORK, "Ingress"): ingress,
    (_NETWORK, "IngressClass"): ingress_class,
    ("scheduling.k8s.io/v1", "PriorityClass"): priority_class,
    ("storage.k8s.io/v1", "StorageClass"): storage_class,
    (_ADMISSION, "ValidatingAdmissionPolicy"): admission_policy,
    (_ADMISSION, "ValidatingAdmissionPolicyBinding"): admission_binding,
}
"""The rule of each kind, by apiVersion and kind; `metadata` has those for all kinds."""


def refusals(object: Object) -> Iterator[Refusal]:
    """Why an API server would refuse an object; of custom resources only metadata is judged."""
    version, kind = text(object.get("apiVersion")), text(object.get("kind"))
    if (version, kind) in REMOVED:
        replacement = REMOVED[version, kind]
        yield Refusal("apiVersion", f"{version} has no {kind} any more, use {replacement}")
        return
    rule = RULES.get((version, kind))
    yield from metadata(object, None if rule is None else kind not in CLUSTER_WIDE)
    if rule is not None:
        yield from rule(object)


def duplicates(objects: Iterable[Object]) -> Iterator[tuple[int, int]]:
    """Pairs of indices: an object, and a later one of the same group, kind, namespace and name."""
    first: dict[tuple[str, str, str, str], int] = {}
    for place, object in enumerate(objects):
        meta = mapping(object.get("metadata"))
        group = text(object.get("apiVersion")).rpartition("/")[0]
        names = (text(meta.get("namespace")), text(meta.get("name")))
        identity = (group, text(object.get("kind")), *names)
        if first.setdefault(identity, place) != place:
            yield first[identity], place
