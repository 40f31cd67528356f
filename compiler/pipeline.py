"""The stages, in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from compiler import chart, lock, tool_lock
from compiler.admit import admit
from compiler.check import check
from compiler.decode import decode
from compiler.derive import Fleet, derive
from compiler.diagnostic import Diagnostic, canonical, has_errors
from compiler.emit import File, emit
from compiler.graph import Broken, Graph, Resource
from compiler.link import link
from compiler.model import Spec
from compiler.parse import parse
from compiler.scan import scan
from compiler.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What is known of the input: the fleet, unless errors forbid to derive it."""

    fleet: Fleet | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Compilation:
    """What came out: no files, if there is any error."""

    files: tuple[File, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether there are errors."""
        return has_errors(self.diagnostics)


def read(sources: Iterable[Source]) -> tuple[Graph | None, tuple[Diagnostic, ...]]:
    """Text to a linked graph. Mistakes of syntax, shape and reference come together."""
    ordered = sorted(sources, key=lambda source: source.path)
    nodes: list[Resource[Spec] | Broken] = []
    texts, unread = [], []
    locked, _ = lock.read(next((one for one in ordered if one.path == lock.PATH), None))
    found: list[Diagnostic] = []
    for source in ordered:
        secrets = () if source.is_definition else scan(source)
        documents, wrong = parse(source)
        found += secrets
        found += _beside(secrets, wrong)
        if not source.is_yaml:
            texts.append(source)
            found += _locks(source, secrets)
        elif not documents:
            unread.append(source)
        for document in documents:
            resources, wrong = decode(document, locked)
            nodes += resources
            found += _beside(secrets, wrong)
            if not resources:
                unread.append(source)
    graph, wrong = link(nodes, texts, unread)
    found += wrong
    return (None if has_errors(found) else graph), canonical(found)


def _locks(source: Source, secrets: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """What is wrong with a lock; a message could repeat a secret that stands in it."""
    if secrets:
        return ()
    if source.path == lock.PATH:
        return lock.read(source)[1]
    return tool_lock.read(source)[1] if tool_lock.is_lock(source.path) else ()


def _beside(secrets: Iterable[Diagnostic], found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """What is said of other lines: a message about a secret's line could repeat the secret."""
    lines = {secret.span.start.line for secret in secrets}
    return [diagnostic for diagnostic in found if diagnostic.span.start.line not in lines]


def analyse(sources: Iterable[Source], *, today: date) -> Analysis:
    """Text to a checked fleet."""
    graph, found = read(sources)
    if graph is None:
        return Analysis(None, found)
    fleet = derive(graph, today)
    return Analysis(fleet, canonical((*found, *check(fleet))))


def compile(
    sources: Iterable[Source],
    *,
    today: date,
    memo: chart.Memo | None = None,
    admitted: frozenset[str] = frozenset(),
) -> Compilation:
    """Text to files, every one of them admitted.

    `memo` knows charts that need not be built anew, `admitted` objects that were judged before.
    """
    analysis = analyse(sources, today=today)
    if analysis.fleet is None or has_errors(analysis.diagnostics):
        return Compilation((), analysis.diagnostics)
    charts, wrong = chart.build(analysis.fleet, memo or chart.Forgetful())
    if has_errors(wrong):
        return Compilation((), canonical((*analysis.diagnostics, *wrong)))
    files = emit(analysis.fleet, charts)
    texts = analysis.fleet.graph.texts.values()
    definitions = {text.path: text.text for text in texts if text.is_definition}
    refused = admit(files, definitions, admitted)
    found = canonical((*analysis.diagnostics, *wrong, *refused))
    return Compilation(() if has_errors(refused) else files, found)
