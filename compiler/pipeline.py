"""The stages, in order."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from compiler import chart, lock, tool_lock
from compiler.admit import admit
from compiler.check import check
from compiler.decode import decode
from compiler.derive import Fleet, derive
from compiler.diagnostic import Diagnostic, canonical, has_errors
from compiler.emit import Faults, emit
from compiler.file import File
from compiler.graph import Broken, Graph, Resource
from compiler.link import link
from compiler.model import Locked, Spec
from compiler.parse import Document, parse
from compiler.scan import scan
from compiler.source import Source


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """What one source holds, as far as it can be read."""

    source: Source
    documents: tuple[Document, ...]
    resources: tuple[Resource[Spec] | Broken, ...]
    complete: bool  # whether `resources` names all that it defines
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What the sources hold, as far as they can be read; the graph only if there is no error."""

    units: tuple[Unit, ...]
    graph: Graph | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """What follows from the sources; the fleet only if there is no error in reading them."""

    fleet: Fleet | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Compilation:
    """The result: no files if there is an error."""

    files: tuple[File, ...]
    diagnostics: tuple[Diagnostic, ...]

    @property
    def failed(self) -> bool:
        """Whether there are errors."""
        return has_errors(self.diagnostics)


def read(sources: Iterable[Source]) -> Reading:
    """Sources to a linked graph. Mistakes of syntax, shape and reference come together."""
    ordered = sorted(sources, key=lambda source: source.path)
    locked, _ = lock.read(next((source for source in ordered if source.path == lock.PATH), None))
    units = tuple(read_source(source, locked) for source in ordered)
    graph, unresolved = link(
        [resource for unit in units for resource in unit.resources],
        [unit.source for unit in units if not unit.source.is_yaml],
        [unit.source for unit in units if not unit.complete],
    )
    diagnostics = canonical((*(d for unit in units for d in unit.diagnostics), *unresolved))
    return Reading(units, None if has_errors(diagnostics) else graph, diagnostics)


def read_source(source: Source, locked: Locked) -> Unit:
    """One source to its documents and resources; it depends on no other source but the lock.

    A message about a line that holds a secret could repeat the secret, so there is none.
    """
    secrets = () if source.is_definition else scan(source)
    secret_lines = {secret.span.start.line for secret in secrets}
    documents, mistakes = parse(source)
    decoded = [decode(document, locked) for document in documents]
    mistakes = (*mistakes, *(mistake for _, wrong in decoded for mistake in wrong))
    if not source.is_yaml and not secrets:
        mistakes = (*mistakes, *_check_lock(source))
    visible = (d for d in mistakes if d.span.start.line not in secret_lines)
    return Unit(
        source,
        documents,
        resources=tuple(resource for resources, _ in decoded for resource in resources),
        complete=not source.is_yaml
        or (bool(documents) and all(resources for resources, _ in decoded)),
        diagnostics=(*secrets, *visible),
    )


def _check_lock(source: Source) -> tuple[Diagnostic, ...]:
    """What is wrong with a file that `roster lock` writes."""
    if source.path == lock.PATH:
        return lock.read(source)[1]
    return tool_lock.read(source)[1] if tool_lock.is_lock(source.path) else ()


def analyse(sources: Iterable[Source], *, today: date) -> Analysis:
    """Sources to a checked fleet."""
    reading = read(sources)
    if reading.graph is None:
        return Analysis(None, reading.diagnostics)
    fleet = derive(reading.graph, today)
    return Analysis(fleet, canonical((*reading.diagnostics, *check(fleet))))


def compile(
    sources: Iterable[Source],
    *,
    today: date,
    memo: chart.Memo | None = None,
    admitted: frozenset[str] = frozenset(),
) -> Compilation:
    """Sources to files, every one of them admitted.

    Args:
        sources: all input files.
        today: the day that rules with dates go by.
        memo: charts that need not be built again.
        admitted: the seals of files that an earlier run judged and accepted (`admit`).
    """
    analysis = analyse(sources, today=today)
    if analysis.fleet is None or has_errors(analysis.diagnostics):
        return Compilation((), analysis.diagnostics)
    charts, chart_mistakes = chart.build(analysis.fleet, chart.NoMemo() if memo is None else memo)
    if has_errors(chart_mistakes):
        return Compilation((), canonical((*analysis.diagnostics, *chart_mistakes)))
    try:
        files = emit(analysis.fleet, charts)
    except Faults as faults:
        return Compilation(
            (), canonical((*analysis.diagnostics, *chart_mistakes, *faults.diagnostics))
        )
    texts = analysis.fleet.graph.texts.values()
    definitions = {text.path: text.text for text in texts if text.is_definition}
    refused = admit(files, definitions, admitted)
    diagnostics = canonical((*analysis.diagnostics, *chart_mistakes, *refused))
    return Compilation(() if has_errors(refused) else files, diagnostics)
