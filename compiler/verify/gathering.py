"""Reading one layer in every cluster, so that one malformed text spoils only its own cluster."""

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
    """What a layer says in all clusters, and the clusters in which it could be read."""
    found: list[Finding] = []
    judged: list[str] = []
    for cluster in estate.clusters:
        try:
            found += tuple(reader(estate, artefacts, cluster))
            judged.append(cluster)
        except Malformed as wrong:
            found.append(Fault(str(wrong)))
    return tuple(found), tuple(judged)


def report_calls(name: str, estate: Estate, artefacts: Artefacts, reader: Reader) -> Report:
    """A tool gateway's report: the calls that go through it, tool by tool."""
    found, judged = gather(estate, artefacts, reader)
    wanted = [call for call in estate.gated(name) if call.cluster in judged]
    return compare(name, found, wanted)


def agree(cluster: str, what: str, values: Iterable[Any]) -> Iterator[Fault]:
    """All gateways of a cluster must believe the same issuer: one of them alone is a back door."""
    if len({repr(value) for value in values}) > 1:
        yield Fault(f"{cluster}: {what} do not agree whose tokens they believe")


def unknown(
    artefacts: Artefacts, cluster: str, group: str, judged: Container[str]
) -> Iterator[Fault]:
    """Objects of a layer's own group which its reader cannot judge: they might change anything."""
    for one in artefacts.in_cluster(cluster):
        if one.group == group and one.kind not in judged:
            yield Fault(f"{one.node.path}: this reader does not know a {one.kind} of {group}")
