"""The law as data: duties with their articles and days, what is prohibited, Annex III, and
references to other frameworks. No code here decides anything.

Nothing here is legal advice: what is checked is whether a record is complete.
"""

from compiler.ai_act.law.annexes import ANNEX_III, PROHIBITED, AnnexIIIPoint
from compiler.ai_act.law.crosswalk import CROSSWALK, FRAMEWORKS, Topic
from compiler.ai_act.law.duties import DUTIES
from compiler.ai_act.law.duty import Condition, Duty, Law, Subject
from compiler.ai_act.law.eu_ai_act import LAW, MARKING_OF_OLD_SYSTEMS, PROHIBITIONS_OF_2026
from compiler.ai_act.law.union import MEMBER_STATES

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
    "Condition",
    "Duty",
    "Law",
    "Subject",
    "Topic",
]
