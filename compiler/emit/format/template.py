"""Documents from the templates in compiler/templates/: `render(graph, "audit.md.j2", facts)`.

How to write a template (Jinja2):

* The name says what it makes: `.md.j2` a page in Markdown, `.yaml.j2` YAML, others plain lines. A
  page is ordinary Markdown; empty lines in a row become one.
* Facts come from Python; sentences and their order are in the template. A fact is a text, number,
  date, an inline part (`Code`, `Link`, `Strong`, `Listing`), or a tuple, mapping or immutable
  object of such. Never pass a Fleet, Graph or Resource: a template reads all that it gets.
* `{{ value }}` is always text and never markup. Markup of a value is written with `code(text)`,
  `strong(text)`, `link(text, target)` and, on a line of its own, `listing(text, language)`.
  `names|codes` and `names|join(", ")` write several. `True`, `False` and `None` are refused: their
  words are the template's. Nothing undefined is passed over.
* A row of a table starts with `|`; so does each line in a loop over rows:

      | Tool | Does |
      | --- | --- |
      {% for row in rows %}
      | {{ code(row.tool) }} | {{ row.does }} |
      {% endfor %}

* In YAML a value is written `[[ value ]]` and is a whole scalar; statements are `[% if x %]`.
  `[[ value|json ]]` writes JSON on one line, for a script.
* Sections are blocks, `{% block limitations %}`, so that an organisation can change one.

An organisation's own template lies in policies/templates/ under the same name. It changes blocks of
the original, which it calls `{% extends "roster:audit.md.j2" %}`, or stands for all of it and then
has the same blocks. It cannot read or call anything but the facts, and its work and output are
bounded (compiler/emit/format/sandbox.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.graph import Graph
from compiler.source import TEMPLATES, Pos, Source, Span, top

if TYPE_CHECKING:
    from compiler.emit.format.sandbox import Failure

INVALID = Rule("template-invalid", Severity.ERROR, "a page cannot be made from a template")
UNKNOWN = Rule("template-unknown", Severity.ERROR, "a template that no page is made from")
RULES = (INVALID, UNKNOWN)
_FOLDER = Path(__file__).parents[2] / "templates"
ORIGINAL = "roster:"
"""In front of a template's name: the original, though the organisation has its own."""


class Outline(NamedTuple):
    """What a template consists of, each part with its line."""

    extends: tuple[str | None, int] | None  # the name of what it extends, if it is a constant
    blocks: Mapping[str, int]
    outside: tuple[int, ...]  # texts and values that belong to no block


@cache
def originals() -> Mapping[str, str]:
    """The text of each template of the compiler, by name."""
    paths = sorted(_FOLDER.rglob("*.j2"))
    return {p.relative_to(_FOLDER).as_posix(): p.read_text(encoding="utf-8") for p in paths}


class Faults(Exception):  # noqa: N818 - it carries diagnostics, and is not a bug
    """What is wrong with the organisation's templates."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        super().__init__("the organisation's templates have faults")
        self.diagnostics = tuple(diagnostics)


def render(graph: Graph, name: str, facts: Mapping[str, object]) -> str:
    """The document that a template makes of facts.

    Raises:
        Faults: the organisation's own template fails on them.
    """
    from compiler.emit.format import sandbox

    try:
        return sandbox.document(graph.templates, name, facts)
    except sandbox.Failure as failure:
        raise Faults([_fault(graph.templates, name, failure)]) from failure


def check(graph: Graph) -> None:
    """Judge the organisation's templates as far as that needs no facts.

    Raises:
        Faults: there are mistakes.
    """
    faults = [fault for source in graph.templates for fault in _faults(graph.templates, source)]
    if faults:
        raise Faults(faults)


def _faults(own: tuple[Source, ...], source: Source) -> Iterator[Diagnostic]:
    from compiler.emit.format import sandbox

    name, names = source.path.removeprefix(TEMPLATES), originals()
    if name not in names:
        message = f"no document is made from a template `{name}`"
        help = did_you_mean(name, names) or "the names are those in compiler/templates/"
        yield UNKNOWN.at(top(source.path), message, help=help)
        return
    try:
        parts = sandbox.outline(own, name)
    except sandbox.Failure as failure:
        yield _fault(own, name, failure)
        return
    blocks = sandbox.outline((), name).blocks
    if parts.extends is None:
        yield from _incomplete(source, name, sorted(blocks.keys() - parts.blocks.keys()))
    else:
        yield from _misplaced(source, name, parts, blocks)


def _incomplete(source: Source, name: str, missing: Iterable[str]) -> Iterator[Diagnostic]:
    """A template that stands for all of the original has its blocks."""
    help = f'add it, or begin with `{{% extends "{ORIGINAL}{name}" %}}`'
    for block in missing:
        yield INVALID.at(top(source.path), f"the template lacks the block `{block}`", help=help)


def _misplaced(
    source: Source, name: str, parts: Outline, names: Iterable[str]
) -> Iterator[Diagnostic]:
    """A template that extends the original has nothing but blocks of it."""
    assert parts.extends is not None
    target, line = parts.extends
    if target != f"{ORIGINAL}{name}":
        message = f'the template can extend only "{ORIGINAL}{name}"'
        yield INVALID.at(_at(source, line), message)
        return
    for block in sorted(parts.blocks.keys() - set(names)):
        message = f"the original has no block `{block}`, so this is not shown"
        help = did_you_mean(block, names)
        yield INVALID.at(_at(source, parts.blocks[block]), message, help=help)
    for line in parts.outside:
        help = "write it into a block of the original"
        yield INVALID.at(
            _at(source, line), "what stands outside of a block is not shown", help=help
        )


def _fault(own: tuple[Source, ...], name: str, failure: Failure) -> Diagnostic:
    """At the innermost line of the organisation's templates; else where that template begins."""
    by_path = {source.path: source for source in own}
    source, line = by_path.get(f"{TEMPLATES}{name}", own[0]), 1
    for path, number in failure.lines:
        if path in by_path:
            source, line = by_path[path], number
    return INVALID.at(_at(source, line), str(failure))


def _at(source: Source, line: int) -> Span:
    """A line of a template, without the space around it."""
    text = source.text.split("\n")[line - 1]
    start = len(text) - len(text.lstrip()) + 1
    return Span(source.path, Pos(line, start), Pos(line, start + len(text.strip())))
