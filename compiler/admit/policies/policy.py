"""One ValidatingAdmissionPolicy, compiled; and why it objects to a creation."""

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
    """A condition that must hold, and the message if it does not."""

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
    unknowable: str = ""  # the variable of an expression that only a running cluster has
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
    """The variable that only a running cluster has, if an expression uses one."""
    parts = [*spec.get("matchConditions", ()), *spec.get("variables", ()), *spec["validations"]]
    texts = [part.get(key, "") for part in parts for key in ("expression", "messageExpression")]
    matches = (_UNKNOWABLE.search(_TEXT.sub("''", text)) for text in texts)
    return next((match[1] for match in matches if match), "")


class _Compiler:
    """Compiles the expressions of a policy, and notes what is wrong with them."""

    def __init__(self, spec: Object) -> None:
        self.spec = spec
        self.reasons: list[str] = []
        self.language = Language.of(*_NAMES, "params") if spec.get("paramKind") else BASE

    def policy(self, empty: Policy) -> Policy | Unusable:
        conditions = [self.condition(item) for item in self.spec.get("matchConditions", ())]
        variables = [self.variable(item) for item in self.spec.get("variables", ())]
        validations = [self.validation(item) for item in self.spec["validations"]]
        if self.reasons:
            return Unusable(tuple(self.reasons))
        return replace(
            empty,
            conditions=tuple(condition for condition in conditions if condition),
            variables=tuple(variable for variable in variables if variable),
            validations=tuple(validation for validation in validations if validation),
            language=self.language,
        )

    def compile(
        self, language: Language, text: str, what: str, kind: str = ""
    ) -> Expression | None:
        try:
            expression = language.compile(text)
        except NotCompilable as error:
            self.reasons.append(f"{what} does not compile: {error}")
            return None
        if kind and not expression.gives(kind):
            self.reasons.append(f"{what} gives {expression.type_name}, and a cluster wants {kind}")
        return expression

    def condition(self, item: Object) -> Expression | None:
        what = f"the match condition `{item['name']}`"
        return self.compile(self.language, item["expression"], what, "BOOL")

    def variable(self, item: Object) -> tuple[str, Expression] | None:
        name = item["name"]
        expression = self.compile(self.language, item["expression"], f"the variable `{name}`")
        if expression is None:
            return None
        if expression.is_optional:
            self.reasons.append(f"the variable `{name}` is optional: end it with `.orValue(...)`")
        self.language = self.language.knowing(f"variables.{name}", expression)
        return name, expression

    def validation(self, item: Object) -> Validation | None:
        text = item["expression"]
        expression = self.compile(self.language, text, f"the validation `{text}`", "BOOL")
        message_expression = None
        if message := item.get("messageExpression"):
            message_expression = self.compile(
                self.language, message, "a messageExpression", "STRING"
            )
        return (
            Validation(expression, item.get("message", ""), message_expression)
            if expression
            else None
        )


def denials(
    policy: Policy, base: Mapping[str, Any], values: Values, params: Object | None
) -> Iterator[tuple[str, bool]]:
    """Why a policy objects to a creation, and whether its failurePolicy says to ignore that.

    Args:
        policy: the compiled policy.
        base: the variables of the creation.
        values: the same, converted once for all policies without parameters.
        params: the object with the parameters, if the policy has any.
    """
    base = {**base, "params": params}
    if policy.parameter_kind is not None:
        values = policy.language.values(base)
    applies, error = _conditions(policy, values)
    if error:
        yield error, not policy.fails_closed
    if not applies:
        return
    variables, errors = _variables(policy, base, values)
    seen = policy.language.values(variables)
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
    """Whether all match conditions hold, and the error of one that failed.

    A condition that is false outweighs one that fails.
    """
    failed = ""
    for condition in policy.conditions:
        verdict = condition.holds(values)
        if not verdict.holds and not verdict.reason:
            return False, ""
        if not verdict.holds:
            failed = failed or f"`{condition.text}` cannot be evaluated: {verdict.reason}"
    return not failed, failed


def _variables(
    policy: Policy, base: Mapping[str, Any], values: Values
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values with those of the policy's variables, and why some have none.

    A variable without a value is an error only where it is used: a cluster evaluates them late.
    """
    errors: dict[str, str] = {}
    variables = dict(base)
    for name, expression in policy.variables:
        alone = "variables" not in expression.text
        value, error = expression.value(values if alone else policy.language.values(variables))
        if error:
            errors[name] = f"variable `{name}`: {error}"
        else:
            variables[f"variables.{name}"] = value
    return variables, errors


def _message(validation: Validation, values: Values) -> str:
    if validation.message_expression:
        text = validation.message_expression.text_of(values).strip()
        if text and "\n" not in text:
            return text
    return validation.message or f"failed expression: {validation.expression.text}"
