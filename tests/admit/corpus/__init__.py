"""Objects with one thing changed, and the verdicts of our rules and of a real API server."""

from __future__ import annotations

from tests.admit.corpus import (
    admission,
    claims,
    containers,
    contents,
    environment,
    ingress,
    jobs,
    limits,
    metadata,
    network,
    pods,
    projected,
    rbac,
    resources,
    scaling,
    scheduling,
    volumes,
    workloads,
)
from tests.admit.corpus.case import ACCEPTED, APPLIED, UNDECODED, Case

__all__ = ["ACCEPTED", "APPLIED", "CASES", "UNDECODED", "Case"]

CASES: tuple[Case, ...] = (
    *metadata.CASES,
    *pods.CASES,
    *scheduling.CASES,
    *containers.CASES,
    *environment.CASES,
    *resources.CASES,
    *volumes.CASES,
    *projected.CASES,
    *claims.CASES,
    *workloads.CASES,
    *jobs.CASES,
    *network.CASES,
    *ingress.CASES,
    *rbac.CASES,
    *scaling.CASES,
    *limits.CASES,
    *contents.CASES,
    *admission.CASES,
)
