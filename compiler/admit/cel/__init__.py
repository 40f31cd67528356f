"""CEL as admission policies and CRDs write it: a text is compiled once, then asked about values.

The engine is cel-expr-python, Google's: with the functions that Kubernetes adds it accepts
all 65 expressions in tests/admit_policies that kube-apiserver 1.36 finds true, while
common-expression-language accepts 21 (it cannot parse `.?`), and it is 7 times as fast. It returns
an error as a value that looks like a text; so only a BOOL that is true holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

_EXTENSIONS = ("two-var-comprehensions", "sets", "lists", "strings", "optional")
_PLAIN = frozenset({str, int, float, bool, type(None)})
_COMPLAINT = re.compile(r"ERROR: <input>:(\d+):(\d+): (.*)")
_STATUS = re.compile(r"^[A-Z_]+: |(?<=.) \[[A-Z_]+\]$")


class Verdict(NamedTuple):
    """Whether an expression holds; if not, why."""

    holds: bool
    reason: str = ""


class NotCompilable(Exception):  # noqa: N818 - the author of a policy made the mistake
    """An expression is wrong, or needs what this engine has not; the text says which."""


@dataclass(frozen=True)
class Language:
    """The variables that expressions may use."""

    variables: tuple[tuple[str, Any], ...]  # with their types; None: not known before evaluation

    @classmethod
    def of(cls, *names: str) -> Language:
        """A language with variables of unknown types."""
        return cls(tuple((name, None) for name in names))

    def knowing(self, name: str, expression: Expression) -> Language:
        """This language, and one more variable: what the expression gives."""
        return Language((*self.variables, (name, expression.type)))

    def compile(self, text: str) -> Expression:
        """An expression in this language; raises NotCompilable."""
        try:
            program = self._environment.compile(text)
            program.eval(self._environment.Activation({}))  # what cannot be planned says so
        except RuntimeError as error:
            raise NotCompilable(_complaint(str(error))) from None
        return Expression(text, program, program.return_type())

    def values(self, variables: Mapping[str, Any]) -> Values:
        """The values of variables, for any expression of this or another language."""
        return Values(self._environment.Activation(dict(variables)))

    @cached_property
    def _environment(self) -> Any:
        from cel_expr_python import cel

        from compiler.admit.cel.library import declarations

        names = "".join(f"- name: {name}\n" for name in _EXTENSIONS)
        return cel.NewEnv(
            config=cel.NewEnvConfigFromYaml(f"name: kubernetes\nextensions:\n{names}"),
            variables={name: type or cel.Type.DYN for name, type in self.variables},
            extensions=[cel.CelExtension("kubernetes", declarations())],
        )


class Values(NamedTuple):
    """The engine's own form of values: each is converted once, and only if it is asked for."""

    activation: Any


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression."""

    text: str
    program: Any = field(repr=False)
    type: Any = field(repr=False)

    def holds(self, values: Values) -> Verdict:
        """Whether it is true. An error, an absent field and what is no BOOL are not."""
        result, error = self.value(values)
        if error:
            return Verdict(False, error)
        if result is True:
            return Verdict(True)
        return Verdict(False, "" if result is False else f"the result is no BOOL: {result!r}")

    def text_of(self, values: Values) -> str:
        """The text that it gives, or "" where it gives none."""
        result, error = self.value(values)
        return result if isinstance(result, str) and not error else ""

    def value(self, values: Values) -> tuple[Any, str]:
        """What it gives as plain data, or why it gives nothing."""
        from cel_expr_python import cel

        result = self.program.eval(values.activation)
        try:
            if result.type() == cel.Type.ERROR:
                return None, _STATUS.sub("", str(result.value()).strip("'"))
            return result.plain_value(), ""
        except TypeError:
            return None, "an optional value is no result: end it with `.orValue(...)`"

    def gives(self, kind: str) -> bool:
        """Whether its type is known to be this one: "BOOL" or "STRING"."""
        return self.type_name == kind

    @property
    def type_name(self) -> str:
        """The type of its value; `DYN` if it is not known before evaluation."""
        return str(self.type.name())

    @property
    def is_optional(self) -> bool:
        """Whether it gives an optional, which a variable cannot keep."""
        return self.type_name.startswith("optional_type")


def plain(value: Any) -> Any:
    """A value of the very types that the engine knows, whatever kinds of text or list it has."""
    if value.__class__ in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return next(kind(value) for kind in (str, int, float) if isinstance(value, kind))


def _complaint(text: str) -> str:
    """The first message of the engine's compiler, without its excerpt of the expression."""
    if match := _COMPLAINT.search(text):
        line, column, message = match.groups()
        message = _STATUS.sub("", message).removesuffix(" (in container '')")
        return f"line {line}, column {column}: {message}"
    return _STATUS.sub("", text.split("\n")[0])
