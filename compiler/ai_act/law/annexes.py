"""The practices of Art. 5(1) and the areas of Annex III, by the letters and points of the Act.

Source: Regulation (EU) 2024/1689 as amended by (EU) 2026/1744, in our words.
"""

from __future__ import annotations

from typing import Literal

PROHIBITED = {
    "a": "subliminal, manipulative or deceptive techniques that cause significant harm",
    "b": "exploiting vulnerabilities of age, disability or social situation",
    "ba": "making intimate images or sounds of a person without consent",
    "bb": "making or spreading material of sexual abuse of children",
    "c": "social scoring that leads to unjustified treatment",
    "d": "predicting crimes of a person from profiling or traits alone",
    "e": "scraping faces from the internet or from cameras into databases",
    "f": "inferring emotions at work or in education, other than for health or safety",
    "g": "categorising persons by biometrics for race, opinions, beliefs or orientation",
    "h": "remote biometric identification in public, in real time, for law enforcement",
}

AnnexIIIPoint = Literal[
    "1(a)", "1(b)", "1(c)", "2", "3(a)", "3(b)", "3(c)", "3(d)", "4(a)", "4(b)", "5(a)", "5(b)",
    "5(c)", "5(d)", "6(a)", "6(b)", "6(c)", "6(d)", "6(e)", "7(a)", "7(b)", "7(c)", "7(d)", "8(a)",
    "8(b)",
]  # fmt: skip

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
