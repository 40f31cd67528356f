"""What CRDs demand beyond structure: defaults, unique items of lists, and rules in CEL.

A schema becomes a tree of only those branches that have one of these. Rules that compare with the
old object do not apply on creation. Texts with a format (date-time, duration, byte) stay texts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from compiler.admit.cel import Expression, Language, NotCompilable

_RESERVED = frozenset({
    "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function",
    "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while",
})  # fmt: skip
_ESCAPES = {"__": "__underscores__", ".": "__dot__", "-": "__dash__", "/": "__slash__"}
_SPECIAL = re.compile(r"__|[./-]")


class ValidationRule(NamedTuple):
    """One entry of `x-kubernetes-validations`."""

    text: str
    message: str = ""
    message_expression: str = ""
    field: str = ""
    optional_old: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A place in a schema that has rules, defaults or unique items, there or below."""

    rules: tuple[ValidationRule, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    unique: tuple[str, ...] | None = None  # the keys of a list map; none of them: a set
    aliases: Mapping[str, str] = field(default_factory=dict)  # of names that are no CEL identifiers
    fields: Mapping[str, Node] = field(default_factory=dict)
    values: Node | None = None
    items: Node | None = None


_NOTHING = Node()


def tree(schema: Mapping[str, Any]) -> Node:
    """The tree of a schema."""
    properties = schema.get("properties", {})
    fields = {name: node for name, inner in properties.items() if (node := tree(inner)) != _NOTHING}
    others, items = schema.get("additionalProperties"), schema.get("items")
    return Node(
        tuple(_validation_rule(rule) for rule in schema.get("x-kubernetes-validations", ())),
        {name: inner["default"] for name, inner in properties.items() if "default" in inner},
        _unique(schema),
        {name: escaped for name in properties if (escaped := escape(name)) != name},
        fields,
        _branch(others) if isinstance(others, Mapping) else None,
        _branch(items) if isinstance(items, Mapping) else None,
    )


def _branch(schema: Mapping[str, Any]) -> Node | None:
    node = tree(schema)
    return None if node == _NOTHING else node


def _unique(schema: Mapping[str, Any]) -> tuple[str, ...] | None:
    kind = schema.get("x-kubernetes-list-type")
    if kind == "map":
        return tuple(schema["x-kubernetes-list-map-keys"])
    return () if kind == "set" else None


def _validation_rule(rule: Mapping[str, Any]) -> ValidationRule:
    return ValidationRule(
        rule["rule"],
        rule.get("message", ""),
        rule.get("messageExpression", ""),
        rule.get("fieldPath", ""),
        bool(rule.get("optionalOldSelf")),
    )


def escape(name: str) -> str:
    """The name by which CEL knows a property."""
    if name in _RESERVED:
        return f"__{name}__"
    return _SPECIAL.sub(lambda match: _ESCAPES[match[0]], name)


def rules(node: Node) -> Iterator[ValidationRule]:
    """All rules of a tree."""
    yield from node.rules
    for inner in (*node.fields.values(), node.values, node.items):
        if inner is not None:
            yield from rules(inner)


def fill(node: Node, value: Any) -> Any:
    """A value with defaults, as the API server sets them before it judges."""
    if isinstance(value, list) and node.items:
        return [fill(node.items, item) for item in value]
    if not isinstance(value, dict):
        return value
    filled = {**node.defaults, **value}
    for key, item in filled.items():
        if inner := node.fields.get(key) or node.values:
            filled[key] = fill(inner, item)
    return filled


def violations(node: Node, value: Any) -> Iterator[tuple[str, str]]:
    """The rules that an object of the right structure breaks: field and message."""
    whole = dict(value)  # rules see only the name in the root's metadata
    names = ("name", "generateName")
    whole["metadata"] = {key: value["metadata"][key] for key in names if key in value["metadata"]}
    for route, message in _broken(node, whole, ()):
        yield ".".join(route), message


def _broken(
    node: Node, value: Any, route: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    if node.rules and value is not None:
        yield from _rules_broken(node, value, route)
    if isinstance(value, dict):
        for key, item in value.items():
            if inner := node.fields.get(key) or node.values:
                yield from _broken(inner, item, (*route, key))
    elif isinstance(value, list):
        if node.unique is not None:
            yield from _repeated(node.unique, value, route)
        for number, item in enumerate(value) if node.items else ():
            assert node.items
            yield from _broken(node.items, item, (*route, str(number)))


def _repeated(
    keys: tuple[str, ...], items: list[Any], route: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    seen = set()
    for number, item in enumerate(items):
        same = {key: item.get(key) for key in keys} if keys else item
        text = json.dumps(same, sort_keys=True)
        if text in seen:
            yield (*route, str(number)), f"is there twice: {text}"
        seen.add(text)


def _rules_broken(
    node: Node, value: Any, route: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], str]]:
    values = _SELF.values({"self": _named(node, value)})
    for rule in node.rules:
        where = (*route, *(part for part in rule.field.split(".") if part))
        try:
            expression = compiled(rule)
        except NotCompilable as error:
            yield where, f"the definition's rule `{rule.text}` cannot be judged: {error}"
            continue
        if expression is not None:
            verdict = expression.holds(values)
            if not verdict.holds:
                why = f" ({verdict.reason})" if verdict.reason else ""
                yield where, f"{_message(rule, values)}{why}"


def _message(rule: ValidationRule, values: Any) -> str:
    if rule.message_expression:
        try:
            text = _SELF.compile(rule.message_expression).text_of(values).strip()
        except NotCompilable:
            text = ""
        if text and "\n" not in text:
            return text
    return rule.message or f"failed rule: {rule.text}"


def _named(node: Node, value: Any) -> Any:
    """A value whose properties can also be read by names that are CEL identifiers."""
    if isinstance(value, list) and node.items:
        return [_named(node.items, item) for item in value]
    if not isinstance(value, dict):
        return value
    named = dict(value)
    for key, item in value.items():
        if inner := node.fields.get(key) or node.values:
            named[key] = _named(inner, item)
        if key in node.aliases:
            named[node.aliases[key]] = named[key]
    return named


_SELF = Language.of("self")
_BOTH = Language.of("self", "oldSelf")


@lru_cache(maxsize=4096)
def compiled(rule: ValidationRule) -> Expression | None:
    """A rule as it applies on creation; None if it does not.

    Raises:
        NotCompilable: the expression is wrong, or needs what the engine does not have.
    """
    try:
        return _SELF.compile(rule.text)
    except NotCompilable:
        if "oldSelf" not in rule.text:
            raise
    if rule.optional_old:
        return _SELF.compile(f"[optional.none()].all(oldSelf,\n{rule.text}\n)")
    _BOTH.compile(rule.text)
    return None
