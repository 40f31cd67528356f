"""What a law and one of its duties are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Subject = Literal[
    "all",
    "derogation",
    "composite",
    "high",
    "high-provider",
    "high-deployer",
    "limited",
    "general-purpose",
]
"""Whom a duty binds: every system; one in Annex III that claims Art. 6(3); one of several agents;
one of high risk, its provider, its deployer; one that Art. 50 names; a general-purpose model's
provider."""


@dataclass(frozen=True, slots=True)
class Law:
    """A law in the version that was read."""

    name: str
    citation: str
    amended: str
    consolidated: date  # the version's day
    reviewed: date  # the day on which somebody last held the rules against it


@dataclass(frozen=True, slots=True)
class Duty:
    """One thing that a record must say.

    `field` is dotted, below the spec that it names; `derived`: nobody answers it, it follows.
    """

    id: str
    subject: Subject
    field: str
    article: str  # with its prefix, such as `Art. 9(2)`
    document: str  # the section that shows it
    demand: str
    applies: date  # the first day
    derived: bool = False
