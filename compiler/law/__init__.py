"""The law as data: duties with their articles and days, what is prohibited, Annex III, and
references to other frameworks. No code here decides anything.

Nothing here is legal advice: what is checked is whether a record is complete.
"""

from compiler.law.annexes import ANNEX_III, PROHIBITED, AnnexIIIPoint
from compiler.law.crosswalk import CROSSWALK, FRAMEWORKS, Topic
from compiler.law.duty import Duty, Law, Subject
from compiler.law.eu_ai_act import DUTIES, LAW, MARKING_OF_OLD_SYSTEMS, PROHIBITIONS_OF_2026, duty
from compiler.law.union import MEMBER_STATES

__all__ = [
    "ANNEX_III",
    "CROSSWALK",
    "DUTIES",
    "FRAMEWORKS",
    "LAW",
    "MARKING_OF_OLD_SYSTEMS",
    "MEMBER_STATES",
    "PROHIBITED",
    "PROHIBITIONS_OF_2026",
    "AnnexIIIPoint",
    "Duty",
    "Law",
    "Subject",
    "Topic",
    "duty",
]
