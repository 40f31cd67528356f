"""Custom resources judged by the CustomResourceDefinitions that users put into policies/crds/.

Definitions are megabytes of schemas, of which an estate uses few: the kinds are read from the text
around the schemas, and a schema is parsed when an object of its kind is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, KeysView, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from compiler.admit.cel import NotCompilable, plain
from compiler.admit.crds.rules import Node, compiled, fill, rules, tree, violations
from compiler.admit.crds.scan import Entry, Fault, entries
from compiler.admit.crds.structure import FORMATS, closed, pruned
from compiler.parse import plain as read
from compiler.source import Source

Kind = tuple[str, str]
__all__ = ["Definitions", "Fault", "Kind"]


@dataclass(frozen=True, slots=True)
class Definitions:
    """What custom resources may be, by apiVersion and kind."""

    entries: Mapping[Kind, Entry]

    @classmethod
    def parse(cls, texts: Mapping[str, str]) -> tuple[Definitions, tuple[Fault, ...]]:
        """The definitions in some files, and what is wrong with those."""
        definitions: dict[Kind, Entry] = {}
        faults: list[Fault] = []
        for path, text in texts.items():
            for item in entries(path, text):
                if isinstance(item, Fault):
                    faults.append(item)
                elif item.kind in definitions:
                    other = definitions[item.kind]
                    message = f"{item.kind[1]} of {item.kind[0]} is defined in `{other.path}` too"
                    faults.append(Fault(path, item.line, message))
                else:
                    definitions[item.kind] = item
        return cls(definitions), tuple(faults)

    @property
    def kinds(self) -> KeysView[Kind]:
        """All (apiVersion, kind) that are defined and served."""
        return self.entries.keys()

    def refused(self, object: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """Why an API server would not create an object of one of `kinds`: field and message."""
        schema = _schema(self.entries[object["apiVersion"], object["kind"]])
        if isinstance(schema, str):
            return  # `faults` reports it
        filled = fill(schema.root, pruned(schema.structure, plain(object)))
        if schema.validator.is_valid(filled):
            yield from violations(schema.root, filled)
        else:
            for error in schema.validator.iter_errors(filled):
                yield ".".join(map(str, error.instance_path)), error.message

    def faults(self, kinds: Iterable[Kind]) -> Iterator[Fault]:
        """What is wrong with the schemas of some kinds, for those that are defined."""
        for entry in (self.entries[kind] for kind in kinds if kind in self.entries):
            schema = _schema(entry)
            if isinstance(schema, str):
                yield Fault(entry.path, entry.line, f"it cannot be used: {schema}")

    def rules(self, kind: Kind) -> Iterator[tuple[str, str]]:
        """The CEL rules of a definition, and why one cannot be used, else ""."""
        schema = _schema(self.entries[kind])
        assert not isinstance(schema, str), schema
        for rule in rules(schema.root):
            try:
                compiled(rule)
                yield rule.text, ""
            except NotCompilable as error:
                yield rule.text, str(error)


@dataclass(frozen=True, slots=True, eq=False)
class _Schema:
    validator: Any
    structure: Mapping[str, Any]
    root: Node


@lru_cache(maxsize=256)
def _schema(entry: Entry) -> _Schema | str:
    """One version's schema ready for use, or why it is not."""
    from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

    documents, faults = read(Source(entry.path, entry.text))
    if faults:
        return faults[0].message
    (crd,) = documents
    version = next(v for v in crd["spec"]["versions"] if v["name"] == entry.version)
    schema = (version.get("schema") or {}).get("openAPIV3Schema")
    if not isinstance(schema, dict):
        return f"the version {entry.version} has no schema"
    try:
        validator = Draft202012Validator(
            closed(schema), validate_formats=True, formats=FORMATS, pattern_options=RegexOptions()
        )
        return _Schema(validator, schema, tree(schema))
    except (ValidationError, ValueError) as error:
        return str(error).split("\n")[0]
    except (AttributeError, KeyError, TypeError):
        return "its schema is no schema"
