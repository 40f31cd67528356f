"""The practices of Art. 5(1) and the areas of Annex III, by the letters and points of the Act.

Source: Regulation (EU) 2024/1689 as amended by (EU) 2026/1744, in our words.
"""

from __future__ import annotations

from compiler.model.classification import PROHIBITED, AnnexIIIPoint

__all__ = ["ANNEX_III", "PROHIBITED", "AnnexIIIPoint"]

ANNEX_III: dict[AnnexIIIPoint, str] = {
    "1(a)": "remote biometric identification",
    "1(b)": "biometric categorisation by sensitive attributes",
    "1(c)": "emotion recognition",
    "2": "safety components of critical infrastructure",
    "3(a)": "admission to education",
    "3(b)": "evaluation of learning outcomes",
    "3(c)": "assessment of the level of education that a person can get",
    "3(d)": "monitoring of students during tests",
    "4(a)": "recruitment and selection of persons",
    "4(b)": "decisions on terms of work, promotion and dismissal; tasks by behaviour; monitoring",
    "5(a)": "eligibility for public assistance and services",
    "5(b)": "creditworthiness and credit scores of persons, other than to find fraud",
    "5(c)": "risk and prices in life and health insurance",
    "5(d)": "emergency calls: evaluation, dispatch and triage",
    "6(a)": "law enforcement: risk of becoming a victim",
    "6(b)": "law enforcement: polygraphs and the like",
    "6(c)": "law enforcement: reliability of evidence",
    "6(d)": "law enforcement: risk of offending, not from profiling alone",
    "6(e)": "law enforcement: profiling in investigations",
    "7(a)": "migration: polygraphs and the like",
    "7(b)": "migration: assessment of risks posed by a person",
    "7(c)": "migration: examination of applications for asylum, visa and residence",
    "7(d)": "migration: detecting, recognising or identifying persons",
    "8(a)": "justice: researching and applying the law",
    "8(b)": "democracy: influencing elections, referenda or voting behaviour",
}
