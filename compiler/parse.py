"""YAML text to Documents: the data that JSON can express, and the place of every value.

The text is read as a stream of events, so that limits hold before anything is composed: a deep or
huge input costs no more than its first 64 levels. Plain scalars are JSON's scalars (`no`, `on` and
`0777` are words); a number keeps its text, for fields that are text (`1.10`, `123e456`).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

import yaml

from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.source import Pos, Route, Source, Span, top

SYNTAX = Rule("yaml-syntax", Severity.ERROR, "the file is not YAML")
EMPTY = Rule("yaml-empty", Severity.ERROR, "a document says nothing")
DUPLICATE = Rule("yaml-duplicate-key", Severity.ERROR, "a key is given twice")
EXOTIC = Rule("yaml-exotic", Severity.ERROR, "only what JSON can say is allowed")
LIMIT = Rule("yaml-too-large", Severity.ERROR, "the file is larger or deeper than any spec")
HIDDEN = Rule("hidden-character", Severity.ERROR, "a character that cannot be seen")
RULES = (SYNTAX, EMPTY, DUPLICATE, EXOTIC, LIMIT, HIDDEN)

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 64
MAX_NODES = 50_000

_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069"
    "\ufeff\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_SPECIAL = frozenset("-0123456789tfn~")


class Int(int):
    """A whole number that remembers how it was written."""

    raw: str


class Float(float):
    """A number that remembers how it was written."""

    raw: str


@dataclass(slots=True, eq=False)
class Branch:
    """The places below a mapping or sequence: per key or index, of the key and of the value."""

    start_mark: Any
    end_mark: Any
    keys: dict[str | int, Any]
    values: dict[str | int, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One YAML document: plain data (dict, tuple, str, int, float, bool, None) and its places."""

    source: Source
    data: Any
    places: Any = field(repr=False)

    def at(self, *route: str | int) -> Span:
        """The span of the value at `route`, or of its nearest ancestor.

        Parts which the text does not have are skipped: pydantic's `loc` also names union tags,
        and fields which are missing.
        """
        return self._span(self._walk(route)[1])

    def key_at(self, *route: str | int) -> Span:
        """The span of the key in front of that value."""
        key, value = self._walk(route)
        return self._span(key or value)

    def _walk(self, route: Route) -> tuple[Any, Any]:
        key, place = None, self.places
        for part in route:
            if isinstance(place, Branch) and part in place.values:
                key, place = place.keys.get(part), place.values[part]
        return key, place

    def _span(self, place: Any) -> Span:
        start, end = place.start_mark, place.end_mark
        return Span(
            self.source.path,
            Pos(start.line + 1, start.column + 1),
            Pos(end.line + 1, end.column + 1),
        )


def parse(source: Source) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    """The documents of one source; none if there is an error other than a duplicate key."""
    if not source.is_yaml:
        return (), () if source.is_definition or source.binary else tuple(_hidden(source))
    if len(source.text) > MAX_CHARACTERS:
        message = f"the file has more than {MAX_CHARACTERS} characters"
        return (), (LIMIT.at(top(source.path), message, help="split it"),)
    if hidden := tuple(_hidden(source)):
        return (), hidden
    return _read(_Reader(source))


def plain(source: Source) -> tuple[tuple[Any, ...], tuple[Diagnostic, ...]]:
    """The data of a text from elsewhere, such as a CustomResourceDefinition.

    Its size is not limited; depth, aliases and duplicate keys are, as in specs.
    """
    documents, mistakes = _read(_Reader(source, sys.maxsize))
    return tuple(bare(document.data) for document in documents), mistakes


def bare(value: Any) -> Any:
    """Parsed data as JSON's own types: lists instead of tuples, numbers without their texts."""
    if isinstance(value, dict):
        return {key: bare(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [bare(item) for item in value]
    if isinstance(value, Int | Float):
        return int(value) if isinstance(value, int) else float(value)
    return value


def _read(reader: _Reader) -> tuple[tuple[Document, ...], tuple[Diagnostic, ...]]:
    source = reader.source
    try:
        documents = tuple(reader.documents())
    except _Refused as refused:
        return (), (*reader.mistakes, refused.diagnostic)
    except yaml.MarkedYAMLError as error:
        return (), (*reader.mistakes, _syntax(source, error))
    except yaml.YAMLError as error:
        return (), (*reader.mistakes, SYNTAX.at(top(source.path), str(error).split("\n")[0]))
    return documents, tuple(reader.mistakes)


def _hidden(source: Source) -> Iterator[Diagnostic]:
    """The first invisible character of each of the first ten lines that have one."""
    if not _HIDDEN.search(source.text):
        return
    lines = [(n, line) for n, line in enumerate(re.split(r"\r\n|\n|\r", source.text), 1)]
    bad = [(n, m) for n, line in lines if (m := _HIDDEN.search(line))]
    for number, match in bad[:10]:
        column = match.start() + 1
        yield HIDDEN.at(
            Span(source.path, Pos(number, column), Pos(number, column + 1)),
            f"the character U+{ord(match[0]):04X} cannot be seen, and can change what a text says",
            help="remove it",
        )


def _syntax(source: Source, error: yaml.MarkedYAMLError) -> Diagnostic:
    mark = error.problem_mark or error.context_mark
    pos = Pos(mark.line + 1, mark.column + 1) if mark else Pos(1, 1)
    opened = error.context_mark
    labels = []
    if opened and (opened.line, opened.column) != (pos.line - 1, pos.column - 1):
        start = Pos(opened.line + 1, opened.column + 1)
        labels = [Label(Span(source.path, start, start), error.context or "it began here")]
    help = "indent with spaces" if "\\t" in str(error.problem) else ""
    return SYNTAX.at(Span(source.path, pos, pos), str(error.problem), help=help, related=labels)


class _Refused(Exception):  # noqa: N818 - it carries a diagnostic and never leaves this file
    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic


class _Reader:
    """Composes data and places from the events of one source."""

    def __init__(self, source: Source, most: int = MAX_NODES) -> None:
        self.source = source
        self.most = most
        self.mistakes: list[Diagnostic] = []
        self.next = yaml.CSafeLoader(source.text).get_event
        self.nodes = 0

    def documents(self) -> Iterator[Document]:
        empty = True
        while not isinstance(event := self.next(), yaml.StreamEndEvent):
            if isinstance(event, yaml.DocumentStartEvent):
                if event.tags or event.version:
                    self.refuse(EXOTIC, event, "a YAML directive is not allowed", "remove it")
                empty = False
                data, places = self.value(self.next(), 1)
                yield Document(self.source, data, places)
        if empty:
            raise _Refused(EMPTY.at(top(self.source.path), "the file has no document"))

    def value(self, event: Any, depth: int) -> tuple[Any, Any]:
        self.nodes += 1
        if self.nodes > self.most:
            self.refuse(LIMIT, event, f"the file has more than {self.most} values", "split it")
        if event.__class__ is yaml.ScalarEvent:
            if event.anchor is not None or event.tag is not None:
                self.exotic(event)
            return self.scalar(event), event
        if depth > MAX_DEPTH:
            self.refuse(
                LIMIT, event, f"the file is nested more than {MAX_DEPTH} levels deep", "flatten it"
            )
        if event.__class__ is yaml.AliasEvent or event.anchor is not None or event.tag is not None:
            self.exotic(event)
        if event.__class__ is yaml.MappingStartEvent:
            return self.mapping(event, depth)
        return self.sequence(event, depth)

    def mapping(self, start: Any, depth: int) -> tuple[dict[str, Any], Branch]:
        data: dict[str, Any] = {}
        keys: dict[str | int, Any] = {}
        values: dict[str | int, Any] = {}
        while (key := self.next()).__class__ is not yaml.MappingEndEvent:
            name = self.key(key)
            value, place = self.value(self.next(), depth + 1)
            if name in keys:
                self.duplicate(key, keys[name])
            else:
                data[name], keys[name], values[name] = value, key, place
        return data, Branch(start.start_mark, key.end_mark, keys, values)

    def sequence(self, start: Any, depth: int) -> tuple[tuple[Any, ...], Branch]:
        data: list[Any] = []
        values: dict[str | int, Any] = {}
        while (event := self.next()).__class__ is not yaml.SequenceEndEvent:
            value, values[len(data)] = self.value(event, depth + 1)
            data.append(value)
        return tuple(data), Branch(start.start_mark, event.end_mark, {}, values)

    def key(self, event: Any) -> str:
        if event.__class__ is not yaml.ScalarEvent:
            self.refuse(EXOTIC, event, "a key is a list or a mapping", "write one word")
        if event.anchor is not None or event.tag is not None:
            self.exotic(event)
        if not isinstance(self.scalar(event), str):
            help = f'put it in quotes: "{event.value}"'
            self.refuse(EXOTIC, event, f"the key `{event.value}` is not a string", help)
        return str(event.value)

    def scalar(self, event: Any) -> Any:
        text = event.value
        if event.style == '"' and (hidden := _HIDDEN.search(text)):
            message = f"the escape stands for U+{ord(hidden[0]):04X}, which cannot be seen"
            self.refuse(HIDDEN, event, message, "remove it")
        if not event.implicit[0] or (text and text[0] not in _SPECIAL):
            return text
        if text in _WORDS:
            return _WORDS[text]
        match = _NUMBER.fullmatch(text)
        if match is None:
            return text
        number: Int | Float = Int(text) if match.lastindex is None else Float(text)
        number.raw = text
        return number

    def exotic(self, event: Any) -> NoReturn:
        if event.__class__ is yaml.AliasEvent or event.anchor is not None:
            self.refuse(EXOTIC, event, "anchors and aliases are not allowed", "write the value out")
        tag = event.tag.replace("tag:yaml.org,2002:", "!!")
        self.refuse(EXOTIC, event, f"the tag `{tag}` is not allowed", "remove the tag")

    def duplicate(self, key: Any, first: Any) -> None:
        place = Document(self.source, None, first)
        span = Document(self.source, None, key).at()
        label = Label(place.at(), "first given here")
        message = f"`{key.value}` is given twice"
        self.mistakes.append(DUPLICATE.at(span, message, help="keep one of them", related=[label]))

    def refuse(self, rule: Rule, event: Any, message: str, help: str = "") -> NoReturn:
        raise _Refused(rule.at(Document(self.source, None, event).at(), message, help=help))
