"""References from the AI Act's topics to other frameworks: a help for finding, and no conformity.

ISO/IEC 42001's titles are from public lists, which disagree in places.
"""

from __future__ import annotations

from typing import NamedTuple

FRAMEWORKS = ("EU AI Act", "NIST AI RMF 1.0", "ISO/IEC 42001 Annex A", "SOC 2 TSC", "GDPR")


class Topic(NamedTuple):
    """One topic, and where each framework speaks of it, in the order of FRAMEWORKS."""

    name: str
    references: tuple[str, str, str, str, str]


CROSSWALK: tuple[Topic, ...] = (
    Topic("inventory and roles", ("Art. 25, 26", "GOVERN 1.6, 2.1", "A.3.2, A.4.2, A.10.2", "CC1.3", "Art. 24, 30")),
    Topic("purpose and classification", ("Art. 6, 13(3)(b)(i)", "MAP 1.1, 2.1", "A.5.2, A.9.4", "CC3.1, CC3.2", "Art. 5(1)(b)")),
    Topic("risk and impact", ("Art. 9, 27", "MAP 5.1, MANAGE 1.3", "A.5.2-A.5.5", "CC3.2-CC3.4", "Art. 35")),
    Topic("data", ("Art. 10", "MAP 2.3, MEASURE 2.11", "A.7.2-A.7.6", "C1.1, P series", "Art. 5(1)(c)-(d), 9")),
    Topic("technical documentation", ("Art. 11, Annex IV", "MAP 2.2, MEASURE 2.9", "A.6.2.3, A.6.2.7", "CC2.1", "Art. 30")),
    Topic("logs", ("Art. 12, 19, 26(6)", "MEASURE 2.4, 2.8", "A.6.2.8", "CC7.2", "Art. 5(1)(e), 5(2)")),
    Topic("transparency", ("Art. 13, 50", "MEASURE 2.8", "A.8.2, A.8.5", "CC2.3", "Art. 13-15")),
    Topic("oversight and stop", ("Art. 14, 26(2)", "GOVERN 3.2, MAP 3.5, MANAGE 2.4", "A.4.6, A.9.2, A.9.3", "CC5.2", "Art. 22(3)")),
    Topic("accuracy and security", ("Art. 15", "MEASURE 2.5-2.7", "A.6.2.4", "CC6.1, CC6.6, CC7.1", "Art. 32")),
    Topic("suppliers", ("Art. 25(4), 53(1)(b)", "GOVERN 6.1, MAP 4.1", "A.10.3", "CC9.2", "Art. 28")),
    Topic("monitoring and incidents", ("Art. 72, 73", "MANAGE 4.1, 4.3", "A.6.2.6, A.8.4", "CC7.3-CC7.5", "Art. 33, 34")),
    Topic("change control", ("Annex IV(2)(f), IV(6)", "MANAGE 4.2", "A.6.2.5", "CC8.1", "-")),
)  # fmt: skip
