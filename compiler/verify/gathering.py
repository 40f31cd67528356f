"""Reading one layer in every cluster, so that a malformed text affects only its own cluster."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any

from compiler.verify.artefacts import Artefacts, Malformed
from compiler.verify.relation import Fault, Finding, Report, compare
from compiler.verify.specs import Estate

Reader = Callable[[Estate, Artefacts, str], Iterator[Finding]]


def gather(
    estate: Estate, artefacts: Artefacts, reader: Reader
) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """A layer's findings in all clusters, and the clusters where it could be read."""
    findings: list[Finding] = []
    judged: list[str] = []
    for cluster in estate.clusters:
        try:
            findings += tuple(reader(estate, artefacts, cluster))
            judged.append(cluster)
        except Malformed as wrong:
            findings.append(Fault(str(wrong)))
    return tuple(findings), tuple(judged)


def report_calls(name: str, estate: Estate, artefacts: Artefacts, reader: Reader) -> Report:
    """A tool gateway's report: the calls that go through it, tool by tool."""
    findings, judged = gather(estate, artefacts, reader)
    wanted = [call for call in estate.gated(name) if call.cluster in judged]
    return compare(name, findings, wanted)


def agree(cluster: str, what: str, values: Iterable[Any]) -> Iterator[Fault]:
    """All gateways of a cluster must trust the same issuer."""
    if len({repr(value) for value in values}) > 1:
        yield Fault(f"{cluster}: {what} trust different issuers of tokens")


def unknown(
    artefacts: Artefacts, cluster: str, group: str, judged: Container[str]
) -> Iterator[Fault]:
    """Objects of a layer's group that its reader does not know: they might change its meaning."""
    for object in artefacts.in_cluster(cluster):
        if object.group == group and object.kind not in judged:
            yield Fault(f"{object.node.path}: this reader does not know a {object.kind} of {group}")
