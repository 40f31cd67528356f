"""Policies and waivers: the severity of a diagnostic in this estate, and which are accepted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean, repeated
from compiler.graph import Resource
from compiler.model import Policy, Waiver
from compiler.model.governance import CheckPolicy

EXPIRED = Rule("waiver-expired", Severity.ERROR, "a waiver is past its last day")
UNUSED = Rule("waiver-unused", Severity.WARNING, "a waiver matches nothing")
UNKNOWN = Rule("code-unknown", Severity.ERROR, "a policy or waiver names an unknown check")
TWICE = Rule("policy-twice", Severity.ERROR, "two policies set the same check")
RULES = (EXPIRED, UNUSED, UNKNOWN, TWICE)

_PAGES = "tests/check/ has a page for each check"


def apply_policies(
    fleet: Fleet, diagnostics: Iterable[Diagnostic], rules: Iterable[Rule]
) -> tuple[Diagnostic, ...]:
    """Apply policies and waivers to what checks report.

    Args:
        diagnostics: Each of one of `rules`.

    Returns:
        The diagnostics that no waiver covers, with the severities that policies set, and what is
        wrong with policies and waivers themselves.
    """
    by_code = {rule.code: rule for rule in rules}
    waivers: dict[tuple[str, str], list[Resource[Waiver]]] = {}
    for waiver in fleet.graph.all(Waiver):
        for place in waiver.spec.resources:
            waivers.setdefault((waiver.spec.code, place), []).append(waiver)
    used: set[tuple[str, str]] = set()
    kept: list[Diagnostic] = []
    for diagnostic in diagnostics:
        if _hard(diagnostic, by_code[diagnostic.code]):
            kept.append(diagnostic)
            continue
        key = (diagnostic.code, str(fleet.graph.containing(diagnostic.span)))
        valid = [w for w in waivers.get(key, ()) if w.spec.expires >= fleet.today]
        used.update((waiver.name, key[1]) for waiver in valid[:1])
        if not valid:
            severity = fleet.severities.get(diagnostic.code, diagnostic.severity)
            kept.append(diagnostic._replace(severity=severity))
    return (*kept, *_waivers(fleet, used, by_code), *_policies(fleet, by_code))


def _hard(diagnostic: Diagnostic, rule: Rule) -> bool:
    """Whether a diagnostic cannot be waived: a prohibition, or an exceeded limit of a layer.

    Past such a limit nothing can be emitted. It is an error of a rule that otherwise only warns,
    and that no parameter grades.
    """
    raised = diagnostic.severity is Severity.ERROR and rule.severity is Severity.WARNING
    return rule.hard or (raised and not rule.parameters)


def _waivers(
    fleet: Fleet, used: set[tuple[str, str]], by_code: Mapping[str, Rule]
) -> Iterator[Diagnostic]:
    for waiver in fleet.graph.all(Waiver):
        code = waiver.spec.code
        if code not in by_code:
            message = f"there is no check `{code}` that can be waived"
            help = did_you_mean(code, by_code) or _PAGES
            yield UNKNOWN.at(waiver.at("code"), message, help=help)
        elif waiver.spec.expires < fleet.today:
            message = f"waiver `{waiver.name}` has expired"
            help = "fix what it waives, or have it approved again with a new day"
            yield EXPIRED.at(waiver.at("expires"), message, help=help)
        else:
            for index, place in enumerate(waiver.spec.resources):
                if (waiver.name, place) not in used:
                    message = f"nothing breaks `{code}` in `{place}`"
                    help = "remove it from the waiver"
                    yield UNUSED.at(waiver.at("resources", index), message, help=help)


def _policies(fleet: Fleet, by_code: Mapping[str, Rule]) -> Iterator[Diagnostic]:
    policies = fleet.graph.all(Policy)
    places = [
        (setting.code, policy.at("checks", c, "code"))
        for policy in policies
        for c, setting in enumerate(policy.spec.checks)
    ]
    for code, span, first in repeated(places):
        yield TWICE.at(span, f"`{code}` is set twice", help="keep one of them", related=[first])
    for policy in policies:
        for c, setting in enumerate(policy.spec.checks):
            if setting.code in by_code:
                yield from _parameters(policy, c, setting, by_code[setting.code])
            else:
                message = f"there is no check `{setting.code}` that a policy can set"
                help = did_you_mean(setting.code, by_code) or _PAGES
                yield UNKNOWN.at(policy.at("checks", c, "code"), message, help=help)


def _parameters(
    policy: Resource[Policy], c: int, setting: CheckPolicy, rule: Rule
) -> Iterator[Diagnostic]:
    for name, value in setting.parameters.items():
        route, default = ("checks", c, "parameters", name), rule.parameters.get(name)
        if default is None:
            message = f"`{rule.code}` has no parameter `{name}`"
            listed = ", ".join(rule.parameters) or "none"
            help = did_you_mean(name, rule.parameters) or f"its parameters: {listed}"
            yield UNKNOWN.at(policy.key_at(*route), message, help=help)
        elif not rule.accepts(name, value):
            message = f"`{name}` cannot be `{value}`"
            choices = ", ".join(rule.choices.get(name, ()))
            help = f"one of {choices}" if choices else f"write something like `{default}`"
            yield UNKNOWN.at(policy.at(*route), message, help=help)
