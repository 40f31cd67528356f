"""Who uses a system of high risk must know whose it is, how to read its results and what it cannot
do (EU AI Act, Art. 13).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.ai_act.law import MEMBER_STATES
from compiler.ai_act.placeholders import placeholder
from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told, wrong
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "instructions-incomplete",
    Severity.ERROR,
    "the instructions for use of a system of high risk are not complete",
    LEAD,
)
DUTIES = ("AIA-040", "AIA-041")

_PROVIDER = ("name", "address", "country", "contact")
_INSTRUCTIONS = ("interpretation", "limits", "maintenance", "lifetime", "logs")
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|https?://\S+")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every part of the instructions for use that nobody wrote."""
    yield from told(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: System) -> Iterator[Gap]:
    yield from absent("AIA-040", system, *(f"provider.{field}" for field in _PROVIDER))
    yield from _provider(system)
    yield from absent("AIA-041", system, *(f"instructions.{field}" for field in _INSTRUCTIONS))


def _provider(system: System) -> Iterator[Gap]:
    given = system.record.spec.provider if system.record else None
    if given is None or not system.binds("high"):
        return
    if given.country and given.country not in MEMBER_STATES and given.representative is None:
        what = f"a provider in `{given.country}` names no authorised representative in the Union"
        help = "name it in `provider.representative`"
        yield wrong("AIA-040", system, "provider.representative", what, help)
    contact = given.contact
    if contact and not _CONTACT.fullmatch(contact) and not placeholder(contact):
        what = "the provider's contact is neither a mailbox nor a web page"
        help = "write `name@example.com` or `https://example.com/contact`"
        yield wrong("AIA-040", system, "provider.contact", what, help)
