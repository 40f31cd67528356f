"""Kubernetes' own kinds among the specs: admission policies in the API server's form.

`admit` judges their contents like those of every emitted object; here only names and places count.
"""

from typing import ClassVar

from compiler.model.base import Spec

ADMISSION = "admissionregistration.k8s.io/v1"


class AdmissionPolicy(Spec):
    """A policy that objects of a cluster must satisfy."""

    KIND: ClassVar[str] = "ValidatingAdmissionPolicy"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies/admission",)


class AdmissionPolicyBinding(Spec):
    """The objects to which a policy applies, and whether it denies or warns."""

    KIND: ClassVar[str] = "ValidatingAdmissionPolicyBinding"
    FOLDERS: ClassVar[tuple[str, ...]] = ("policies/admission",)


MANIFESTS: dict[str, type[Spec]] = {
    spec.KIND: spec for spec in (AdmissionPolicy, AdmissionPolicyBinding)
}
