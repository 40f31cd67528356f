"""Versions of kinds that Kubernetes has removed since 1.16, and what replaces them.

From the deprecated API migration guide of the Kubernetes documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_ADMISSION, _FLOW = "admissionregistration.k8s.io", "flowcontrol.apiserver.k8s.io"
_RBAC, _STORAGE = "rbac.authorization.k8s.io", "storage.k8s.io"
_WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_ROLES = ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding")
_WEBHOOKS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")
_POLICIES = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
_REVIEWS = (
    "SubjectAccessReview",
    "LocalSubjectAccessReview",
    "SelfSubjectAccessReview",
    "SelfSubjectRulesReview",
)
_DRIVERS = ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")
_FLOWS = ("FlowSchema", "PriorityLevelConfiguration")
_GONE = (
    ("1.16", "extensions/v1beta1", ("Deployment", "DaemonSet", "ReplicaSet"), "apps/v1"),
    ("1.16", "extensions/v1beta1", ("NetworkPolicy",), "networking.k8s.io/v1"),
    ("1.16", "apps/v1beta1", _WORKLOADS, "apps/v1"),
    ("1.16", "apps/v1beta2", _WORKLOADS, "apps/v1"),
    ("1.22", f"{_ADMISSION}/v1beta1", _WEBHOOKS, f"{_ADMISSION}/v1"),
    (
        "1.22",
        "apiextensions.k8s.io/v1beta1",
        ("CustomResourceDefinition",),
        "apiextensions.k8s.io/v1",
    ),
    ("1.22", "apiregistration.k8s.io/v1beta1", ("APIService",), "apiregistration.k8s.io/v1"),
    ("1.22", "authentication.k8s.io/v1beta1", ("TokenReview",), "authentication.k8s.io/v1"),
    ("1.22", "authorization.k8s.io/v1beta1", _REVIEWS, "authorization.k8s.io/v1"),
    (
        "1.22",
        "certificates.k8s.io/v1beta1",
        ("CertificateSigningRequest",),
        "certificates.k8s.io/v1",
    ),
    ("1.22", "coordination.k8s.io/v1beta1", ("Lease",), "coordination.k8s.io/v1"),
    ("1.22", "extensions/v1beta1", ("Ingress",), "networking.k8s.io/v1"),
    ("1.22", "networking.k8s.io/v1beta1", ("Ingress", "IngressClass"), "networking.k8s.io/v1"),
    ("1.22", f"{_RBAC}/v1alpha1", _ROLES, f"{_RBAC}/v1"),
    ("1.22", f"{_RBAC}/v1beta1", _ROLES, f"{_RBAC}/v1"),
    ("1.22", "scheduling.k8s.io/v1beta1", ("PriorityClass",), "scheduling.k8s.io/v1"),
    ("1.22", f"{_STORAGE}/v1beta1", _DRIVERS, f"{_STORAGE}/v1"),
    ("1.25", "batch/v1beta1", ("CronJob",), "batch/v1"),
    ("1.25", "discovery.k8s.io/v1beta1", ("EndpointSlice",), "discovery.k8s.io/v1"),
    ("1.25", "events.k8s.io/v1beta1", ("Event",), "events.k8s.io/v1"),
    ("1.25", "autoscaling/v2beta1", ("HorizontalPodAutoscaler",), "autoscaling/v2"),
    ("1.25", "policy/v1beta1", ("PodDisruptionBudget",), "policy/v1"),
    ("1.25", "policy/v1beta1", ("PodSecurityPolicy",), "Pod Security admission"),
    ("1.25", "extensions/v1beta1", ("PodSecurityPolicy",), "Pod Security admission"),
    ("1.25", "node.k8s.io/v1beta1", ("RuntimeClass",), "node.k8s.io/v1"),
    ("1.26", "autoscaling/v2beta2", ("HorizontalPodAutoscaler",), "autoscaling/v2"),
    ("1.26", f"{_FLOW}/v1beta1", _FLOWS, f"{_FLOW}/v1"),
    ("1.27", f"{_STORAGE}/v1beta1", ("CSIStorageCapacity",), f"{_STORAGE}/v1"),
    ("1.29", f"{_FLOW}/v1beta2", _FLOWS, f"{_FLOW}/v1"),
    ("1.32", f"{_FLOW}/v1beta3", _FLOWS, f"{_FLOW}/v1"),
    ("1.34", f"{_ADMISSION}/v1beta1", _POLICIES, f"{_ADMISSION}/v1"),
)


def _replacements() -> Iterator[tuple[tuple[str, str], str]]:
    for since, version, kinds, replacement in _GONE:
        for kind in kinds:
            yield (version, kind), f"{replacement} (removed in Kubernetes {since})"


REMOVED: Mapping[tuple[str, str], str] = dict(_replacements())
"""What replaces a kind in an apiVersion which is no longer served."""
