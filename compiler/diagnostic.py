"""Diagnostics: what the compiler reports about its input, and the rules that they belong to."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple, TypeVar

from compiler.source import Span

_LARGEST = 1_000_000
"""The largest number that a Policy can set; a date plus as many days is still a valid date."""


class Severity(StrEnum):
    """Whether a diagnostic forbids output."""

    ERROR = "error"  # no output can be trusted: nothing is emitted
    WARNING = "warning"  # the output is right, but should be reviewed


class Label(NamedTuple):
    """Another place that explains a diagnostic, and what it has to do with it."""

    span: Span
    text: str


class Diagnostic(NamedTuple):
    """One mistake: what is wrong, where, why, and what to do. Only `Rule.at` makes one.

    `related` are at most two places that explain it; `evidence` is every line that contributes to
    a finding that follows from many.
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

    Attributes:
        code: In kebab-case; it names what is wrong.
        severity: Unless a Policy or the diagnostic itself sets another.
        parameters: The numbers and words that a Policy may set, with their defaults.
        choices: The words that a parameter can be; any, if it is not listed.
        hard: Whether it cannot be waived, nor lowered by a Policy.
    """

    code: str
    severity: Severity
    summary: str
    parameters: Mapping[str, int | float | str] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    hard: bool = False

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
        """Make a diagnostic of this kind.

        Args:
            related: Only the first two are kept.
            severity: If it differs from the rule's.
        """
        return Diagnostic(
            self.code,
            severity or self.severity,
            message,
            span,
            help,
            tuple(related)[:2],
            tuple(evidence),
        )

    def accepts(self, name: str, value: float | str) -> bool:
        """Whether a Policy can set the parameter `name` to `value`."""
        default = self.parameters[name]
        if not isinstance(value, type(default)):
            return False
        if not isinstance(value, str) and not 0 <= value <= _LARGEST:
            return False
        return name not in self.choices or value in self.choices[name]


def canonical(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by place and drop duplicates, so that the order never depends on the run."""
    return tuple(sorted(set(diagnostics), key=lambda d: (d.span, d.code, d.message)))


def has_errors(diagnostics: Iterable[Diagnostic]) -> bool:
    """Whether any of the diagnostics forbids output."""
    return any(d.severity is Severity.ERROR for d in diagnostics)


def worst(severities: Iterable[Severity]) -> Severity:
    """The higher of the severities; there is at least one."""
    return Severity.ERROR if Severity.ERROR in set(severities) else Severity.WARNING


K = TypeVar("K", bound=Hashable)


def repeated(
    places: Iterable[tuple[K, Span]], text: str = "first here"
) -> Iterator[tuple[K, Span, Label]]:
    """Yield each repeated key, where it is repeated, and a label with `text` on its first place."""
    first: dict[K, Label] = {}
    for key, span in places:
        if key in first:
            yield key, span, first[key]
        first.setdefault(key, Label(span, text))


def nearest(word: str, words: Iterable[str]) -> list[str]:
    """The one of `words` that is most similar to `word`, if any is similar."""
    return get_close_matches(word, sorted(words), n=1)


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """A help text with the one of `words` that is most similar, or "" if none is similar."""
    return "".join(f"did you mean `{close}`?" for close in nearest(word, words))


def visible(text: str) -> str:
    """User text with control characters escaped, which a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
