"""Policies and waivers: how bad a finding is here, and which ones somebody has agreed to bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean
from compiler.model import Policy, Waiver

EXPIRED = Rule("waiver-expired", Severity.ERROR, "a waiver is past its last day")
UNUSED = Rule("waiver-unused", Severity.WARNING, "a waiver matches nothing")
UNKNOWN = Rule("code-unknown", Severity.ERROR, "a policy or waiver names a check there is not")
RULES = (EXPIRED, UNUSED, UNKNOWN)


def judged(
    fleet: Fleet, found: Iterable[Diagnostic], rules: Iterable[Rule]
) -> tuple[Diagnostic, ...]:
    """`found`, with its severities as policies set them, less what waivers cover."""
    waivers = {(w.spec.code, w.spec.resource): w for w in fleet.graph.all(Waiver)}
    used: set[str] = set()
    kept: list[Diagnostic] = []
    for diagnostic in found:
        waiver = waivers.get((diagnostic.code, str(fleet.graph.containing(diagnostic.span))))
        if waiver is not None:
            used.add(waiver.name)
        if waiver is None or waiver.spec.expires < fleet.today:
            severity = fleet.severities.get(diagnostic.code, diagnostic.severity)
            kept.append(diagnostic._replace(severity=severity))
    return (*kept, *_waivers(fleet, used), *_unknown(fleet, {rule.code: rule for rule in rules}))


def _waivers(fleet: Fleet, used: set[str]) -> Iterator[Diagnostic]:
    for waiver in fleet.graph.all(Waiver):
        if waiver.spec.expires < fleet.today:
            message = f"waiver `{waiver.name}` has expired"
            help = "mend what it waives, or have it approved again with a new day"
            yield EXPIRED.at(waiver.at("expires"), message, help=help)
        elif waiver.name not in used:
            message = f"nothing breaks `{waiver.spec.code}` in `{waiver.spec.resource}`"
            yield UNUSED.at(waiver.at("resource"), message, help="remove the waiver")


def _unknown(fleet: Fleet, rules: dict[str, Rule]) -> Iterator[Diagnostic]:
    for waiver in fleet.graph.all(Waiver):
        if waiver.spec.code not in rules:
            help = did_you_mean(waiver.spec.code, rules)
            message = f"there is no check `{waiver.spec.code}` that can be waived"
            yield UNKNOWN.at(waiver.at("code"), message, help=help)
    for policy in fleet.graph.all(Policy):
        for c, demand in enumerate(policy.spec.checks):
            if demand.code not in rules:
                message = f"there is no check `{demand.code}`"
                help = did_you_mean(demand.code, rules)
                yield UNKNOWN.at(policy.at("checks", c, "code"), message, help=help)
                continue
            known = rules[demand.code].parameters
            for name in demand.parameters:
                if name not in known:
                    message = f"`{demand.code}` has no parameter `{name}`"
                    help = did_you_mean(name, known)
                    span = policy.key_at("checks", c, "parameters", name)
                    yield UNKNOWN.at(span, message, help=help)
