"""With invalid vectors, or those of another model, search results are meaningless."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.embeddings import PATH, fault
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule("embeddings-invalid", Severity.ERROR, "the committed vectors are broken")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """The first thing that is wrong with `specs/embeddings.json`."""
    wrong = fault(fleet)
    if wrong is not None:
        help = f"remove `{PATH}`, and run `make embeddings`"
        yield RULE.at(wrong.span, f"`{PATH}` is broken: {wrong.message}", help=help)
