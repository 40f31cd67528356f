"""Who provides a general-purpose model owes papers to those who build on it, and to the public (EU
AI Act, Art. 53(1)).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.systems import System
from compiler.check.gaps import LEAD, Gap, absent, told
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity

RULE = Rule(
    "general-purpose-incomplete",
    Severity.ERROR,
    "a general-purpose model that we provide lacks a paper",
    LEAD,
)
DUTIES = ("AIA-095",)

_PAPERS = ("annexXI", "annexXII", "copyrightPolicy", "trainingSummary")


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every paper that the provider of a general-purpose model does not name."""
    yield from told(fleet, RULE, _gaps)


def _gaps(_: Fleet, system: System) -> Iterator[Gap]:
    yield from absent("AIA-095", system, *(f"generalPurpose.{paper}" for paper in _PAPERS))
