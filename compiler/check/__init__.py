"""The checks. To add one: a file beside this one, a line below, and a page in tests/check/."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from compiler.check import (
    agent_unused,
    alias_taken,
    approval_missing,
    approval_without_grant,
    budget_exceeded,
    budget_sum,
    ceiling_unknown_tool,
    confidence_below_tier,
    context_outside_team,
    context_tie,
    context_unredacted,
    data_above_tier,
    delegate_outside_team,
    durability_lost,
    egress_missing,
    env_secret,
    env_twice,
    file_missing,
    grant_above_ceiling,
    grant_empty,
    grant_expired,
    grant_outside_matrix,
    grant_twice,
    grant_unknown_tool,
    image_floating,
    image_unpinned,
    kubernetes_unsupported,
    listed_twice,
    matrix_unused,
    member_twice,
    model_floating,
    model_retired,
    model_retiring,
    model_unused,
    name_too_long,
    namespace_taken,
    operator_missing,
    owner_missing,
    package_unpinned,
    port_taken,
    process_cluster,
    process_twice,
    protocol_superseded,
    quota_too_small,
    reason_missing,
    request_above_limit,
    route_twice,
    scaling_inverted,
    schema_invalid,
    secret_rotation,
    secret_shared,
    server_not_deployable,
    server_required,
    server_unused,
    shared_volume,
    stdio_scaled,
    stdio_sessions,
    step_outside_team,
    step_twice,
    sticky_autoscaled,
    stop_owner_missing,
    tool_contradiction,
    tool_twice,
    topic_unknown,
    transport_deprecated,
)
from compiler.check.waivers import RULES, judged
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule

__all__ = ["CHECKS", "RULES", "check"]


class Check(Protocol):
    """A check is a module: a RULE, and a function which finds where it is broken."""

    RULE: Rule

    def check(self, fleet: Fleet) -> Iterator[Diagnostic]: ...


CHECKS: tuple[Check, ...] = (
    grant_above_ceiling,
    grant_outside_matrix,
    grant_unknown_tool,
    ceiling_unknown_tool,
    grant_twice,
    grant_empty,
    approval_missing,
    approval_without_grant,
    grant_expired,
    reason_missing,
    data_above_tier,
    server_required,
    delegate_outside_team,
    member_twice,
    listed_twice,
    model_floating,
    model_retired,
    model_retiring,
    model_unused,
    agent_unused,
    file_missing,
    schema_invalid,
    confidence_below_tier,
    stop_owner_missing,
    owner_missing,
    server_unused,
    matrix_unused,
    transport_deprecated,
    protocol_superseded,
    stdio_scaled,
    server_not_deployable,
    sticky_autoscaled,
    stdio_sessions,
    scaling_inverted,
    request_above_limit,
    image_unpinned,
    image_floating,
    package_unpinned,
    tool_twice,
    tool_contradiction,
    egress_missing,
    secret_shared,
    secret_rotation,
    env_secret,
    env_twice,
    shared_volume,
    budget_sum,
    budget_exceeded,
    quota_too_small,
    operator_missing,
    kubernetes_unsupported,
    name_too_long,
    namespace_taken,
    alias_taken,
    process_cluster,
    process_twice,
    port_taken,
    step_outside_team,
    step_twice,
    topic_unknown,
    route_twice,
    durability_lost,
    context_unredacted,
    context_tie,
    context_outside_team,
)


def check(fleet: Fleet) -> tuple[Diagnostic, ...]:
    """What every check finds, with the severities that policies set, less what is waived."""
    found = [diagnostic for one in CHECKS for diagnostic in one.check(fleet)]
    return judged(fleet, found, [one.RULE for one in CHECKS])
