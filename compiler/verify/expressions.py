"""CEL, evaluated by a CEL engine; an expression with an error is not true."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

ERRORS = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
MAX_CHARACTERS = 16_384
"""The limit of agentgateway's CRD."""


class Expression(NamedTuple):
    """A CEL expression; `program` is None where it does not compile, and it is never true."""

    text: str
    program: Any

    def true(self, variables: Mapping[str, Any]) -> bool:
        """Whether it evaluates to true; an error, or another type, does not."""
        return self.holds(_context(variables))

    def holds(self, context: Any) -> bool:
        """The same, for a context of the engine."""
        try:
            return self.program is not None and self.program.execute(context) is True
        except ERRORS:
            return False


def expression(text: str) -> Expression:
    """Compile a text; one that is too long for its consumer counts as one that does not compile."""
    import cel

    if len(text) > MAX_CHARACTERS:
        return Expression(text, None)
    try:
        return Expression(text, cel.compile(text))
    except ERRORS:
        return Expression(text, None)


def _context(variables: Mapping[str, Any]) -> Any:
    import cel

    return cel.Context(variables=dict(variables))


class AuthorizationRules(NamedTuple):
    """The three lists of agentgateway's rules, merged from all policies that apply.

    If any `deny` is true, the call is refused; then every `require` must be true; then one `allow`,
    if there is any. So without rules, or with `deny` alone, calls are allowed.
    """

    allow: tuple[Expression, ...] = ()
    deny: tuple[Expression, ...] = ()
    require: tuple[Expression, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All expressions, as they are written."""
        return tuple(expression.text for expressions in self for expression in expressions)

    def permit(self, variables: Mapping[str, Any]) -> bool:
        """Whether the rules let a request through."""
        if not any(self):
            return True
        context = _context(variables)
        if any(expression.holds(context) for expression in self.deny):
            return False
        if not all(expression.holds(context) for expression in self.require):
            return False
        return not self.allow or any(expression.holds(context) for expression in self.allow)


def merged(parts: Iterable[AuthorizationRules]) -> AuthorizationRules:
    """Rules of several policies at once."""
    all = tuple(parts)
    return AuthorizationRules(
        tuple(expression for rules in all for expression in rules.allow),
        tuple(expression for rules in all for expression in rules.deny),
        tuple(expression for rules in all for expression in rules.require),
    )
