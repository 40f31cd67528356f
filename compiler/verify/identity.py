"""The identity of pods: layers identify a caller by its service account, so each needs its own."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.verify.artefacts import Artefacts
from compiler.verify.gateway import Pod
from compiler.verify.gathering import gather
from compiler.verify.pods import pods
from compiler.verify.relation import Fault, Finding, Report
from compiler.verify.specs import Estate

THEMSELVES = ("agent", "mcp-server")


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the accounts of pods with their names: an agent or server runs as itself."""
    findings, judged = gather(estate, artefacts, _cluster)
    count = sum(
        pod.role in THEMSELVES for cluster in judged for pod in pods(estate, artefacts, cluster)
    )
    faults = tuple(sorted({finding.text for finding in findings if isinstance(finding, Fault)}))
    return Report("identity", count, faults=faults)


def _cluster(estate: Estate, artefacts: Artefacts, cluster: str) -> Iterator[Finding]:
    present = tuple(pods(estate, artefacts, cluster))
    taken = {(pod.namespace, pod.account): pod for pod in present if _has_rights(pod)}
    for pod in present:
        owner = taken.get((pod.namespace, pod.account))
        itself = pod.account == pod.name or pod.role not in THEMSELVES
        if not itself or (owner and owner != pod):
            yield Fault(f"{cluster}: {pod.namespace}/{pod.name} runs as {pod.account}")


def _has_rights(pod: Pod) -> bool:
    """Whether rules identify it by its account: an agent's, a server's or a proxy's own."""
    return pod.role == "proxy" or (pod.role in THEMSELVES and pod.account == pod.name)
