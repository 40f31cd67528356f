"""Diagnostics as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.diagnostic import Diagnostic, Label, Severity, visible
from compiler.source import Source, Span

_RED, _YELLOW, _BLUE, _BOLD, _RESET = "\033[31;1m", "\033[33;1m", "\033[34;1m", "\033[1m", "\033[0m"


def text(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, Source],
    *,
    width: int = 100,
    colour: bool = False,
) -> str:
    """Each diagnostic with excerpts of its lines, at most `width` columns wide."""
    painter, shown = _Painter(colour=colour), tuple(diagnostics)
    lines = {path: source.text.split("\n") for path, source in sources.items()}
    for d in shown:
        if d.code == "secret-literal":
            _mask(lines[d.span.path], d.span)
    frames = ("\n".join(_frame(d, lines, width, painter)) for d in shown)
    return "".join(f"{frame}\n\n" for frame in frames)


def short(diagnostics: Iterable[Diagnostic]) -> str:
    """One line each: `path:line:column: severity[code]: message`."""
    lines = (f"{d.span}: {d.severity}[{d.code}]: {d.message}" for d in diagnostics)
    return "".join(f"{visible(line)}\n" for line in lines)


def _mask(lines: list[str], span: Span) -> None:
    """Mask a secret, so that no excerpt of its line shows it."""
    line, start, end = lines[span.start.line - 1], span.start.column - 1, span.end.column - 1
    lines[span.start.line - 1] = line[:start] + "*" * (end - start) + line[end:]


class _Painter:
    def __init__(self, *, colour: bool) -> None:
        self.colour = colour

    def __call__(self, text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if self.colour else text


def _frame(
    d: Diagnostic, lines: Mapping[str, list[str]], width: int, paint: _Painter
) -> Iterator[str]:
    labels = [Label(d.span, ""), *d.related]
    margin = " " * max(len(str(label.span.start.line)) for label in labels)
    tint = _RED if d.severity is Severity.ERROR else _YELLOW
    yield paint(f"{d.severity}[{d.code}]", tint) + paint(f": {visible(d.message)}", _BOLD)
    for number, label in enumerate(labels):
        mark, arrow = ("-", ":::") if number else ("^", "-->")
        yield f"{margin}{paint(arrow, _BLUE)} {visible(str(label.span))}"
        yield from _excerpt(label, lines.get(label.span.path, []), mark, margin, width, paint)
    for label in d.evidence:
        where, text = visible(str(label.span)), visible(label.text)
        yield f"{margin} {paint('=', _BLUE)} evidence: {where}: {text}"
    if d.help:
        yield f"{margin} {paint('=', _BLUE)} help: {visible(d.help)}"


def _excerpt(
    label: Label, lines: list[str], mark: str, margin: str, width: int, paint: _Painter
) -> Iterator[str]:
    """The line of a span, cut to the width around it, and a mark below."""
    span: Span = label.span
    if not 0 < span.start.line <= len(lines):
        if label.text:
            yield f"{margin} {paint('=', _BLUE)} {visible(label.text)}"
        return
    line = lines[span.start.line - 1]
    begin = span.start.column - 1
    end = span.end.column - 1 if span.end.line == span.start.line else len(line.rstrip())
    first, room = _window(begin, max(end, begin + 1), len(line), width)
    last = first + room
    before, marked = visible(line[first:begin]), visible(line[begin : min(max(end, begin), last)])
    shown = before + marked + visible(line[max(begin, min(end, last)) : last])
    lead, tail = "…" if first else "", "…" if len(line) > last else ""
    bar, number = paint("|", _BLUE), paint(f"{span.start.line:>{len(margin)}}", _BLUE)
    yield f"{margin} {bar}"
    yield f"{number} {bar} {lead}{shown}{tail}"
    under = paint(mark * max(1, len(marked)), _BLUE)
    yield f"{margin} {bar} {' ' * len(lead + before)}{under} {visible(label.text)}".rstrip()


def _window(start: int, end: int, length: int, width: int) -> tuple[int, int]:
    """The first column of an excerpt, and its width, so that start..end is visible."""
    room = max(width - 12, 20)
    if length <= room or end <= room:
        return 0, room
    return max(0, min(start - room // 3, length - room)), room
