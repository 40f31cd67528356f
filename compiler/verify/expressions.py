"""CEL, judged by a CEL engine; what cannot be evaluated is not true."""

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
        """Whether it is true: an error, or anything but a bool, is not."""
        return self.holds(_context(variables))

    def holds(self, context: Any) -> bool:
        """The same, for variables that the engine has already taken over."""
        try:
            return self.program is not None and self.program.execute(context) is True
        except ERRORS:
            return False


def expression(text: str) -> Expression:
    """Compile a text; what is too long for its consumer does not compile."""
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


class Rules(NamedTuple):
    """agentgateway's three lists, merged from everywhere a policy is attached.

    A deny that is true refuses; then every require must be true; then an allow must be, if there
    is any. So no rules at all let everything through, and so do rules that only deny.
    """

    allow: tuple[Expression, ...] = ()
    deny: tuple[Expression, ...] = ()
    require: tuple[Expression, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """All expressions, as they are written."""
        return tuple(one.text for some in self for one in some)

    def permit(self, variables: Mapping[str, Any]) -> bool:
        """Whether the rules let a request through."""
        if not any(self):
            return True
        context = _context(variables)
        if any(one.holds(context) for one in self.deny):
            return False
        if not all(one.holds(context) for one in self.require):
            return False
        return not self.allow or any(one.holds(context) for one in self.allow)


def merged(some: Iterable[Rules]) -> Rules:
    """Rules of several policies at once."""
    all = tuple(some)
    return Rules(
        tuple(one for rules in all for one in rules.allow),
        tuple(one for rules in all for one in rules.deny),
        tuple(one for rules in all for one in rules.require),
    )
