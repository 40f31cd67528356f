"""The types of a law and of its duties."""

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

Condition = Literal[
    "derogation-claimed",
    "identifies-persons-remotely",
    "feeds-back",
    "workplace",
    "listed-use",
    "personal-data",
    "public-or-credit",
    "public-authority",
    "interacts-with-persons",
    "generates-content",
    "emotion-or-biometric",
    "public-text",
]
"""What a duty depends on besides its subject; `ai_act/applicability.py` decides each."""


@dataclass(frozen=True, slots=True)
class Law:
    """A law in the version that was read."""

    name: str
    citation: str
    amended: str
    consolidated: date  # the day of the consolidated version
    reviewed: date  # the day on which the duties were last compared with the law


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty: whom it binds, the fields that answer it, and the first day on which it applies."""

    id: str
    subject: Subject
    field: str  # the part of a spec that the duty is about, dotted
    article: str  # with its prefix, such as `Art. 9(2)`
    document: str  # the page that shows the answer
    demand: str
    applies: date
    fields: tuple[str, ...]  # dotted fields that answer it, below the spec that `answered_in` names
    one_is_enough: bool = False  # whether one of `fields` is enough
    answered_in: Literal["record", "agents", "models"] = "record"
    when: Condition | None = None
    derived: bool = False  # whether the answer follows from the specs
