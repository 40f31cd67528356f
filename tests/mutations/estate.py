"""An estate that has every layer, and what `roster verify` reports about its artefacts."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from compiler.parse import Document, parse
from compiler.pipeline import compile
from compiler.verify import verify
from tests.estate import TODAY
from tests.layers import CLUSTERS, Server, documents, sources

POD_GET = [{"resources": ["pods"], "verbs": ["get"]}]
POD_DELETE = [{"resources": ["pods"], "verbs": ["delete"]}]
SERVERS = {
    "github": Server(("list_issues", "create_issue", "delete_repo")),
    "tracker": Server(("list_issues", "close_issue")),
    "old": Server(("list_issues", "run_query"), new=False),
    "second": Server(("list_issues", "drop_table"), new=False),
    "hub": Server(("t1", "t2", "a_tool_with_a_very_long_name"), new=False, shared=True),
    "k8s": Server(
        ("pods_get", "pods_delete"), rights={"pods_get": POD_GET, "pods_delete": POD_DELETE}
    ),
}
GRANTS = {
    ("alpha", "dev", "github"): {"list_issues": "none", "create_issue": "human"},
    ("alpha", "dev", "tracker"): {"list_issues": "none"},
    ("alpha", "dev", "old"): {"list_issues": "none"},
    ("alpha", "ops", "second"): {"list_issues": "none"},
    ("alpha", "ops", "k8s"): {"pods_get": "none"},
    ("alpha", "ops", "hub"): {"t1": "none"},
    ("beta", "dev", "github"): {"list_issues": "none"},
    ("beta", "dev", "hub"): {"t2": "human", "a_tool_with_a_very_long_name": "none"},
}
ALL = tuple(CLUSTERS)
Files = dict[str, str]


@cache
def _estate(clusters: tuple[str, ...]) -> tuple[Mapping[str, str], tuple[Document, ...]]:
    specs = sources(
        documents(
            SERVERS,
            GRANTS,
            clusters=clusters,
            delegations={("alpha", "dev"): ["ops"]},
            empty=[("alpha", "idle")],
        )
    )
    result = compile(specs.values(), today=TODAY)
    assert not result.failed, result.diagnostics
    read = [d for source in specs.values() if source.is_yaml for d in parse(source)[0]]
    return {file.path: file.text for file in result.files}, tuple(read)


def estate(clusters: tuple[str, ...] = ALL) -> Files:
    """Every artefact of an estate that runs in these clusters."""
    return dict(_estate(clusters)[0])


def layers() -> set[str]:
    """The name of each report of verify."""
    files, documents = _estate(ALL[:1])
    return {report.name for report in verify(files, documents)}


def wrong(files: Mapping[str, str], clusters: tuple[str, ...] = ALL) -> list[str]:
    """The reports of verify about differences, as `layer: N missing, N excess, N faults`."""
    return [
        f"{r.name}: {len(r.missing)} missing, {len(r.excess)} excess, {len(r.faults)} faults"
        for r in verify(files, _estate(clusters)[1])
        if r.missing or r.excess or r.faults
    ]
