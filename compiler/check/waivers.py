"""Policies and waivers: how bad a finding is here, and which ones somebody has agreed to bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean, repeated
from compiler.graph import Resource
from compiler.model import Policy, Waiver
from compiler.model.governance import CheckPolicy

EXPIRED = Rule("waiver-expired", Severity.ERROR, "a waiver is past its last day")
UNUSED = Rule("waiver-unused", Severity.WARNING, "a waiver matches nothing")
UNKNOWN = Rule("code-unknown", Severity.ERROR, "a policy or waiver names a check there is not")
_LIST = "tests/check/ has a page for each check"
TWICE = Rule("policy-twice", Severity.ERROR, "two policies set the same check")
RULES = (EXPIRED, UNUSED, UNKNOWN, TWICE)


def judged(
    fleet: Fleet, found: Iterable[Diagnostic], rules: Iterable[Rule]
) -> tuple[Diagnostic, ...]:
    """`found`, with its severities as policies set them, less what waivers cover."""
    known = {rule.code: rule for rule in rules}
    waivers: dict[tuple[str, str], list[Resource[Waiver]]] = {}
    for waiver in fleet.graph.all(Waiver):
        for place in waiver.spec.resources:
            waivers.setdefault((waiver.spec.code, place), []).append(waiver)
    used: set[tuple[str, str]] = set()
    kept: list[Diagnostic] = []
    for diagnostic in found:
        if _hard(diagnostic, known[diagnostic.code]):
            kept.append(diagnostic)
            continue
        key = (diagnostic.code, str(fleet.graph.containing(diagnostic.span)))
        holding = [w for w in waivers.get(key, ()) if w.spec.expires >= fleet.today]
        used.update((waiver.name, key[1]) for waiver in holding[:1])
        if not holding:
            severity = fleet.severities.get(diagnostic.code, diagnostic.severity)
            kept.append(diagnostic._replace(severity=severity))
    return (*kept, *_waivers(fleet, used, known), *_policies(fleet, known))


def _hard(diagnostic: Diagnostic, rule: Rule) -> bool:
    """Whether nobody can bear it: a prohibition, or the limit of a layer, past which nothing can be
    emitted.

    The latter is an error of a rule that only warns, and that no parameter grades.
    """
    graver = diagnostic.severity is Severity.ERROR and rule.severity is Severity.WARNING
    return rule.hard or (graver and not rule.parameters)


def _waivers(
    fleet: Fleet, used: set[tuple[str, str]], known: Mapping[str, Rule]
) -> Iterator[Diagnostic]:
    for waiver in fleet.graph.all(Waiver):
        code = waiver.spec.code
        if code not in known:
            message = f"there is no check `{code}` that can be waived"
            yield UNKNOWN.at(waiver.at("code"), message, help=did_you_mean(code, known) or _LIST)
        elif waiver.spec.expires < fleet.today:
            message = f"waiver `{waiver.name}` has expired"
            help = "mend what it waives, or have it approved again with a new day"
            yield EXPIRED.at(waiver.at("expires"), message, help=help)
        else:
            for index, place in enumerate(waiver.spec.resources):
                if (waiver.name, place) not in used:
                    message = f"nothing breaks `{code}` in `{place}`"
                    help = "take it off the waiver"
                    yield UNUSED.at(waiver.at("resources", index), message, help=help)


def _policies(fleet: Fleet, known: Mapping[str, Rule]) -> Iterator[Diagnostic]:
    policies = fleet.graph.all(Policy)
    places = [
        (demand.code, policy.at("checks", c, "code"))
        for policy in policies
        for c, demand in enumerate(policy.spec.checks)
    ]
    for code, span, first in repeated(places):
        yield TWICE.at(span, f"`{code}` is set twice", help="keep one of them", related=[first])
    for policy in policies:
        for c, demand in enumerate(policy.spec.checks):
            span = policy.at("checks", c, "code")
            if demand.code in known:
                yield from _parameters(policy, c, demand, known[demand.code])
            else:
                message = f"there is no check `{demand.code}` that a policy can set"
                help = did_you_mean(demand.code, known) or _LIST
                yield UNKNOWN.at(span, message, help=help)


def _parameters(
    policy: Resource[Policy], c: int, demand: CheckPolicy, rule: Rule
) -> Iterator[Diagnostic]:
    for name, value in demand.parameters.items():
        route, default = ("checks", c, "parameters", name), rule.parameters.get(name)
        if default is None:
            message = f"`{rule.code}` has no parameter `{name}`"
            listed = ", ".join(rule.parameters) or "none"
            help = did_you_mean(name, rule.parameters) or f"its parameters: {listed}"
            yield UNKNOWN.at(policy.key_at(*route), message, help=help)
        elif not rule.takes(name, value):
            message = f"`{name}` cannot be `{value}`"
            words = ", ".join(rule.words.get(name, ()))
            help = f"one of {words}" if words else f"write something like `{default}`"
            yield UNKNOWN.at(policy.at(*route), message, help=help)
