"""Kubernetes' own kinds among the specs: admission policies, as the API server takes them.

What they hold is judged as every emitted object is; here only their names and places matter.
"""

from typing import ClassVar

from compiler.model.base import Spec

ADMISSION = "admissionregistration.k8s.io/v1"


class AdmissionPolicy(Spec):
    """What the objects of a cluster must be like."""

    KIND: ClassVar[str] = "ValidatingAdmissionPolicy"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies/admission",)


class AdmissionPolicyBinding(Spec):
    """Where a policy holds, and whether it denies or warns."""

    KIND: ClassVar[str] = "ValidatingAdmissionPolicyBinding"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies/admission",)


MANIFESTS: dict[str, type[Spec]] = {
    spec.KIND: spec for spec in (AdmissionPolicy, AdmissionPolicyBinding)
}
