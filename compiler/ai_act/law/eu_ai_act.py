"""The EU AI Act: its version, and the days on which its parts apply."""

from __future__ import annotations

from datetime import date

from compiler.ai_act.law.duty import Law

LAW = Law(
    name="EU AI Act",
    citation="Regulation (EU) 2024/1689",
    amended="Regulation (EU) 2026/1744",
    consolidated=date(2026, 7, 27),
    reviewed=date(2026, 11, 23),
)

FIRST_CHAPTERS = date(2025, 2, 2)
"""Art. 113(a): Chapters I and II."""

GENERAL_PURPOSE_MODELS = date(2025, 8, 2)
"""Art. 113(b): Chapter V."""

GENERAL = date(2026, 8, 2)
"""Art. 113: everything that was not brought forward or postponed."""

HIGH_RISK = date(2027, 12, 2)
"""Art. 113 as amended: Chapter III, sections 1 to 3, for systems of Annex III."""

PROHIBITIONS_OF_2026 = date(2026, 12, 2)
"""Art. 113 as amended: Art. 5(1)(ba) and (bb)."""

MARKING_OF_OLD_SYSTEMS = date(2026, 12, 2)
"""Art. 111(4): marking of what was on the market before 2026-08-02."""
