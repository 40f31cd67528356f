"""One ValidatingAdmissionPolicy, compiled; and what it has against one creation."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, NamedTuple

from compiler.admit.cel import Expression, Language, NotCompilable, Values

Object = Mapping[str, Any]
_NAMES = ("object", "oldObject", "request", "namespaceObject")
BASE = Language.of(*_NAMES)
_UNKNOWABLE = re.compile(r"\b(authorizer|request\s*\.\s*userInfo)\b")
_TEXT = re.compile(r"""(["'])(?:(?!\1)[^\\\n]|\\.)*\1""")
_ABSENT = re.compile(r'No value with name "variables\.(\w+)" found')


class Unusable(NamedTuple):
    """A policy that cannot work, and why."""

    reasons: tuple[str, ...]


class Validation(NamedTuple):
    """One of the things that must hold."""

    expression: Expression
    message: str
    message_expression: Expression | None


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """A policy whose expressions all compiled."""

    name: str
    constraints: Object
    parameter_kind: tuple[str, str] | None
    fails_closed: bool
    conditions: tuple[Expression, ...] = ()
    variables: tuple[tuple[str, Expression], ...] = ()
    validations: tuple[Validation, ...] = ()
    unknowable: str = ""  # what an expression asks that no text tells
    language: Language = field(default=BASE, repr=False)


def compiled(policy: Object) -> Policy | Unusable:
    """A policy ready for use; each is compiled once in a process."""
    return _compiled(policy["metadata"]["name"], json.dumps(policy["spec"], sort_keys=True))


@lru_cache(maxsize=256)
def _compiled(name: str, text: str) -> Policy | Unusable:
    spec = json.loads(text)
    kind = spec.get("paramKind")
    empty = Policy(
        name,
        spec.get("matchConstraints") or {},
        (kind["apiVersion"], kind["kind"]) if kind else None,
        spec.get("failurePolicy", "Fail") == "Fail",
    )
    if asked := _unknowable(spec):
        return replace(empty, unknowable=asked)
    return _Compiler(spec).policy(empty)


def _unknowable(spec: Object) -> str:
    """What a cluster alone knows, if an expression asks for it."""
    parts = [*spec.get("matchConditions", ()), *spec.get("variables", ()), *spec["validations"]]
    texts = [part.get(key, "") for part in parts for key in ("expression", "messageExpression")]
    found = (_UNKNOWABLE.search(_TEXT.sub("''", text)) for text in texts)
    return next((match[1] for match in found if match), "")


class _Compiler:
    """Compiles the expressions of a policy, and notes what is wrong with them."""

    def __init__(self, spec: Object) -> None:
        self.spec = spec
        self.reasons: list[str] = []
        self.language = Language.of(*_NAMES, "params") if spec.get("paramKind") else BASE

    def policy(self, empty: Policy) -> Policy | Unusable:
        conditions = [
            self.compile(
                self.language, item["expression"], f"the match condition `{item['name']}`", "BOOL"
            )
            for item in self.spec.get("matchConditions", ())
        ]
        variables = [self.variable(item) for item in self.spec.get("variables", ())]
        validations = [self.validation(item) for item in self.spec["validations"]]
        if self.reasons:
            return Unusable(tuple(self.reasons))
        return replace(
            empty,
            conditions=tuple(found for found in conditions if found),
            variables=tuple(found for found in variables if found),
            validations=tuple(found for found in validations if found),
            language=self.language,
        )

    def compile(
        self, language: Language, text: str, what: str, kind: str = ""
    ) -> Expression | None:
        try:
            found = language.compile(text)
        except NotCompilable as error:
            self.reasons.append(f"{what} does not compile: {error}")
            return None
        if kind and not found.gives(kind):
            self.reasons.append(f"{what} gives {found.type_name}, and a cluster wants {kind}")
        return found

    def condition(self, item: Object) -> Expression | None:
        what = f"the match condition `{item['name']}`"
        return self.compile(self.language, item["expression"], what, "BOOL")

    def variable(self, item: Object) -> tuple[str, Expression] | None:
        name = item["name"]
        found = self.compile(self.language, item["expression"], f"the variable `{name}`")
        if found is None:
            return None
        if found.is_optional:
            self.reasons.append(f"the variable `{name}` is optional: end it with `.orValue(...)`")
        self.language = self.language.knowing(f"variables.{name}", found)
        return name, found

    def validation(self, item: Object) -> Validation | None:
        text = item["expression"]
        found = self.compile(self.language, text, f"the validation `{text}`", "BOOL")
        told = None
        if message := item.get("messageExpression"):
            told = self.compile(self.language, message, "a messageExpression", "STRING")
        return Validation(found, item.get("message", ""), told) if found else None


def denials(
    policy: Policy, base: Mapping[str, Any], values: Values, params: Object | None
) -> Iterator[tuple[str, bool]]:
    """What a policy has against a creation, and whether its failurePolicy says to ignore that.

    `values` are those of `base`, shared by all policies without parameters.
    """
    base = {**base, "params": params}
    if policy.parameter_kind is not None:
        values = policy.language.values(base)
    applies, error = _conditions(policy, values)
    if error:
        yield error, not policy.fails_closed
    if not applies:
        return
    known, errors = _variables(policy, base, values)
    seen = policy.language.values(known)
    for validation in policy.validations:
        verdict = validation.expression.holds(seen)
        if verdict.holds:
            continue
        if verdict.reason:
            reason = _ABSENT.sub(lambda match: errors.get(match[1], match[0]), verdict.reason)
            text = f"`{validation.expression.text}` cannot be evaluated: {reason}"
            yield text, not policy.fails_closed
        else:
            yield _message(validation, seen), False


def _conditions(policy: Policy, values: Values) -> tuple[bool, str]:
    """Whether all match conditions hold; a false one counts more than one that fails."""
    failed = ""
    for condition in policy.conditions:
        verdict = condition.holds(values)
        if not verdict.holds and not verdict.reason:
            return False, ""
        if not verdict.holds:
            failed = failed or f"`{condition.text}` cannot be evaluated: {verdict.reason}"
    return not failed, failed


def _variables(
    policy: Policy, known: Mapping[str, Any], values: Values
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values with those of the policy's variables, and why some have none.

    A variable without a value is an error only for who asks for it: a cluster evaluates them late.
    """
    errors: dict[str, str] = {}
    found = dict(known)
    for name, expression in policy.variables:
        alone = "variables" not in expression.text
        value, error = expression.value(values if alone else policy.language.values(found))
        if error:
            errors[name] = f"variable `{name}`: {error}"
        else:
            found[f"variables.{name}"] = value
    return found, errors


def _message(validation: Validation, values: Values) -> str:
    if validation.message_expression:
        text = validation.message_expression.text_of(values).strip()
        if text and "\n" not in text:
            return text
    return validation.message or f"failed expression: {validation.expression.text}"
