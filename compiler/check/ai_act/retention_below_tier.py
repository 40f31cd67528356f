"""When an incident comes to light, the log of that day must still be there: a tier says for how
long, and no store may delete it sooner. EU AI Act, Art. 19 and 26(6), for high-risk systems.
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.derive import Fleet
from compiler.derive.retention import Stream, in_loki, in_store
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.source import Span

RULE = Rule(
    "retention-below-tier",
    Severity.ERROR,
    "a store keeps an agent's log for a shorter time than its tier demands",
)


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """The agent that each store fails the most, where we deploy what its log goes through."""
    components = fleet.platform.components
    if components is None or components.collector is None:
        return
    every = sorted(fleet.streams, key=_demand, reverse=True)
    platform = fleet.platform_resource
    for stream in [s for s in every if 0 < in_store(fleet, s) < _demand(s)][:1]:
        days = in_store(fleet, stream)
        help = "raise `maxDays`, or remove it"
        yield _short(stream, platform.at("audit", "maxDays"), f"{days} days", help)
    lost = [s for s in every if in_loki(fleet, s) < _demand(s) and not in_store(fleet, s)]
    for stream in lost[:1]:
        yield _unkept(fleet, stream)


def _unkept(fleet: Fleet, stream: Stream) -> Diagnostic:
    """A log that no audit store has, and that Loki keeps for its usual time, or not at all."""
    platform, days = fleet.platform_resource, in_loki(fleet, stream)
    if days:
        help = "raise `retention`: Loki cannot select this agent's log, which kagent names"
        span = platform.at("components", "loki", "retention")
        return _short(stream, span, f"{days} days", help)
    help = "deploy `loki`, or send its events to `audit`"
    return _short(stream, platform.key_at("components"), "nowhere", help)


def _demand(stream: Stream) -> int:
    return stream.tier.spec.logRetentionDays


def _short(stream: Stream, span: Span, kept: str, help: str) -> Diagnostic:
    label = Label(stream.tier.at("logRetentionDays"), "its tier demands this many days")
    message = f"the log of `{stream.agent.name}` in `{stream.project.name}` is kept {kept}"
    return RULE.at(span, message, help=help, related=[label])
