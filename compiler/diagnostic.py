"""What the compiler tells its user."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple, TypeVar

from compiler.source import Span

_LARGEST = 1_000_000
"""Of a number that a Policy sets: as many days can still be counted."""


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"  # no output can be trusted: nothing is emitted
    WARNING = "warning"  # the output is right, but somebody should look


class Label(NamedTuple):
    """Another place that explains a diagnostic, and what it has to do with it."""

    span: Span
    text: str


class Diagnostic(NamedTuple):
    """One mistake: what is wrong, where, why, and what to do. Only `Rule.at` makes one.

    `related` are at most two places that explain it; `evidence` is every line that contributes,
    where a finding is made of many.
    """

    code: str
    severity: Severity
    message: str
    span: Span
    help: str = ""
    related: tuple[Label, ...] = ()
    evidence: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of diagnostic.

    `code` is kebab-case and names the bad thing; `parameters` are the numbers and words which a
    Policy may set, with their defaults, and `words` those which a parameter can be, if not any.
    """

    code: str
    severity: Severity
    summary: str
    parameters: Mapping[str, int | float | str] = field(default_factory=dict)
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hard: bool = False  # nobody can bear it: no waiver covers it, and no policy lowers it

    def at(
        self,
        span: Span,
        message: str,
        *,
        help: str = "",
        related: Iterable[Label] = (),
        evidence: Iterable[Label] = (),
        severity: Severity | None = None,
    ) -> Diagnostic:
        """A diagnostic of this kind; `related` keeps two places; `severity`: if not the usual."""
        labels, proof = tuple(related)[:2], tuple(evidence)
        return Diagnostic(self.code, severity or self.severity, message, span, help, labels, proof)

    def takes(self, name: str, value: float | str) -> bool:
        """Whether a parameter can have a value."""
        default = self.parameters[name]
        if not isinstance(value, type(default)):
            return False
        if not isinstance(value, str) and not 0 <= value <= _LARGEST:
            return False
        return name not in self.words or value in self.words[name]


def canonical(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, without duplicates: the order never depends on the run."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.message)))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of them forbids output."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def worst(severities: Iterable[Severity]) -> Severity:
    """The gravest of some severities; there is at least one."""
    return Severity.ERROR if Severity.ERROR in set(severities) else Severity.WARNING


K = TypeVar("K", bound=Hashable)


def repeated(
    places: Iterable[tuple[K, Span]], text: str = "first here"
) -> Iterator[tuple[K, Span, Label]]:
    """What stands somewhere a second time, where, and a label (`text`) on the first place."""
    first: dict[K, Label] = {}
    for key, span in places:
        if key in first:
            yield key, span, first[key]
        first.setdefault(key, Label(span, text))


def nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known word that is most like `word`, if any is like it."""
    return get_close_matches(word, sorted(known), n=1)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A help text that names the nearest known word, or "" where none is near."""
    return "".join(f"did you mean `{close}`?" for close in nearest(word, known))


def visible(text: str) -> str:
    """User text without characters that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
