"""Who uses a high-risk system must know whose it is, how to read its results and what it cannot
do (EU AI Act, Art. 13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ai_act.law import MEMBER_STATES
from compiler.ai_act.law.duties import INSTRUCTIONS_FOR_USE, PROVIDER_IDENTITY
from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, absent, report, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "instructions-incomplete",
    Severity.ERROR,
    "the instructions for use of a high-risk system are not complete",
    LEAD,
)
DUTIES = (PROVIDER_IDENTITY, INSTRUCTIONS_FOR_USE)

_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every part of the instructions for use that is missing."""
    yield from report(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    yield from absent(PROVIDER_IDENTITY, system)
    yield from _provider(system)
    yield from absent(INSTRUCTIONS_FOR_USE, system)


def _provider(system: RecordedSystem) -> Iterator[Gap]:
    provider = system.spec.provider
    if provider is None or not system.binds("high"):
        return
    outside = provider.country is not None and provider.country not in MEMBER_STATES
    if outside and provider.representative is None:
        what = f"a provider in `{provider.country}` names no authorised representative in the Union"
        help = "name it in `provider.representative`"
        yield wrong(PROVIDER_IDENTITY, system, "provider.representative", what, help)
    contact = provider.contact
    if contact and not _CONTACT.fullmatch(contact) and not placeholder(contact):
        what = "the provider's contact is neither a mailbox nor a web page"
        help = "write `name@example.com` or `https://example.com/contact`"
        yield wrong(PROVIDER_IDENTITY, system, "provider.contact", what, help)
