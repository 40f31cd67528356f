"""A stolen credential that two programs share opens both, and calls cannot be attributed."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.access import secrets
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.model import LanguageModel

RULE = Rule("secret-shared", Severity.ERROR, "two servers use one credential")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every credential of a server that another server, or a model, uses as well.

    Models of one provider may share theirs: agents reach them under their own names.
    """
    seen: dict[tuple[str, str], tuple[str, Label]] = {}
    for resource, route, secret in secrets(fleet.graph):
        span = resource.at(*route, "key")
        key = (secret.key, secret.property)
        owner, label = seen.setdefault(key, (str(resource.id), Label(span, "used here too")))
        both_models = owner.startswith("Model/") and resource.id.kind == LanguageModel.KIND
        if owner != str(resource.id) and not both_models:
            message = f"`{owner}` and `{resource.id}` share the credential `{secret.key}`"
            yield RULE.at(span, message, help="give each one of its own", related=[label])
