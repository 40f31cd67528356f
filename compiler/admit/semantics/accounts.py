"""ServiceAccounts."""

from __future__ import annotations

from compiler.admit.semantics.refusal import Object, Refusals, items, repeated


def account(object: Object) -> Refusals:
    """A ServiceAccount: its secrets are merged by their names when it is applied."""
    secrets = items(object.get("secrets"), "secrets")
    yield from repeated((f"{place}.name", secret.get("name")) for place, secret in secrets)
