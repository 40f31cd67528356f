"""The EU AI Act's duties, as fields that a record must have.

Regulation (EU) 2024/1689 as amended by Regulation (EU) 2026/1744, consolidated on 2026-07-27.
Articles 17, 27, 50(7) and 99 and Annex VIII were read in the wording of 2024. Art. 6 over a graph
of agents follows the Commission's draft guidelines of 2026-05-19, which are not binding. Art. 49,
72 and 73 lie outside the sections that were postponed, so they keep 2026-08-02.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from compiler.ai_act.law.duty import Condition, Duty, Subject
from compiler.ai_act.law.eu_ai_act import (
    FIRST_CHAPTERS,
    GENERAL,
    GENERAL_PURPOSE_MODELS,
    HIGH_RISK,
)


def _duty(
    number: int,
    subject: Subject,
    field: str,
    article: str,
    document: str,
    demand: str,
    *,
    applies: date = HIGH_RISK,
    fields: tuple[str, ...] = (),
    one_is_enough: bool = False,
    answered_in: Literal["record", "agents", "models"] = "record",
    when: Condition | None = None,
    derived: bool = False,
) -> Duty:
    """A duty; without `fields` its own field answers it."""
    return Duty(
        id=f"AIA-{number:03}",
        subject=subject,
        field=field,
        article=article,
        document=document,
        demand=demand,
        applies=applies,
        fields=fields or (field,),
        one_is_enough=one_is_enough,
        answered_in=answered_in,
        when=when,
        derived=derived,
    )


# fmt: off
ROLE = _duty(
    1, "all", "role", "Art. 3(3)-(4), 25", "classification",
    "provider, deployer or both; provider where the purpose departs from the supplier's",
    applies=FIRST_CHAPTERS,
)
INTENDED_PURPOSE = _duty(
    2, "all", "intendedPurpose", "Art. 3(12), 13(3)(b)(i); Annex IV(1)(a)", "classification",
    "what it is meant for, in 40 characters or more",
    applies=FIRST_CHAPTERS,
)
PROHIBITED_PRACTICES = _duty(
    3, "all", "compliance.prohibited", "Art. 5(1)", "classification",
    "each of the ten prohibited practices is answered, and none is done",
    applies=FIRST_CHAPTERS, answered_in="agents",
)
ANNEX_III_POINTS = _duty(
    4, "all", "compliance.annexIII", "Art. 6(2); Annex III", "classification",
    "`none`, or the points of Annex III",
    answered_in="agents",
)
DEROGATION = _duty(
    5, "derogation", "compliance.derogation", "Art. 6(3)-(4), 49(2); Annex VIII(B)",
    "classification",
    "condition, grounds of 80 characters or more, and no profiling",
    answered_in="agents", when="derogation-claimed",
)
WORKFLOW_CLASS = _duty(
    6, "composite", "compliance.separable",
    "Art. 6 (the Commission's draft guidelines of 2026-05-19, not binding)", "classification",
    "a workflow has the class of its highest-risk member, unless that member is separable",
    derived=True,
)
TIER_FITS_CLASS = _duty(
    7, "all", "riskTier", "Art. 6, 50", "classification",
    "the business tier is not below the class",
    derived=True,
)
AI_LITERACY = _duty(
    8, "all", "literacy", "Art. 4", "classification",
    "a measure, whom it is for, and its day",
    applies=FIRST_CHAPTERS,
)
RISK_FILE = _duty(
    10, "high-provider", "risks", "Art. 9(2), 9(5); Annex IV(5)", "annex-iv",
    "each risk with hazard, affected, likelihood, severity, mitigation, residual risk and who "
    "accepted it",
)
FORESEEABLE_MISUSE = _duty(
    11, "high-provider", "misuse", "Art. 9(2)(b), 13(3)(b)(iii)", "annex-iv",
    "foreseeable misuse, each with its risk",
)
TEST_METRICS = _duty(
    12, "high-provider", "evaluation.metrics", "Art. 9(6), 9(8), 15(3)", "annex-iv",
    "each metric with a threshold set before it was measured, and met",
)
VULNERABLE_GROUPS = _duty(
    13, "high-provider", "minorsAndVulnerable", "Art. 9(9)", "annex-iv",
    "whether minors or other vulnerable groups are affected",
)
DATA_GOVERNANCE = _duty(
    14, "high-provider", "data", "Art. 10(2)-(4), 10(6); Annex IV(2)(d)", "annex-iv",
    "each data set with provenance, purpose, examination for bias, and gaps",
    fields=("data.testing",),
)
SYSTEM_VERSION = _duty(
    15, "high-provider", "version", "Annex IV(1)(a), IV(6)", "annex-iv",
    "a semantic version, and which one it supersedes",
    derived=True,
)
COMPONENTS_DECLARED = _duty(
    16, "high-provider", "components", "Annex IV(1)(b); Art. 72(2)", "annex-iv",
    "every component that it hands work or data to is declared",
    derived=True,
)
EXACT_VERSIONS = _duty(
    17, "high-provider", "components", "Annex IV(1)(c), IV(2)(f); Art. 13(3)(c)", "annex-iv",
    "exact versions of models, images and packages, or a predetermined change",
    derived=True,
)
USER_INTERFACE = _duty(
    18, "high-provider", "userInterface", "Annex IV(1)(d)-(e), IV(1)(g)-(h)", "annex-iv",
    "a description of the user interface for the deployer",
)
SUPPLIER_PAPERS = _duty(
    19, "high-provider", "model", "Annex IV(2)(a); Art. 25(4), 53(1)(b); Annex XII", "annex-iv",
    "the supplier's card, papers, usage policy, licence and a written agreement",
    fields=("card", "terms", "licence", "annexXII", "agreement"), answered_in="models",
)
DESIGN = _duty(
    20, "high-provider", "design", "Annex IV(2)(b)", "annex-iv",
    "its logic, assumptions, what it optimises for, and trade-offs",
)
ARCHITECTURE = _duty(
    21, "high-provider", "components", "Annex IV(2)(c)", "annex-iv",
    "the architecture, and the computing resources",
    derived=True,
)
TEST_REPORTS = _duty(
    22, "high-provider", "evaluation.reports", "Annex IV(2)(g)", "annex-iv",
    "test reports, dated and signed",
)
CYBERSECURITY = _duty(
    23, "high-provider", "security", "Art. 15(5); Annex IV(2)(h)", "annex-iv",
    "measures against poisoning, evasion, loss of confidentiality and flaws of the model",
)
RESULTS_BY_GROUP = _duty(
    24, "high-provider", "performance", "Art. 13(3)(b)(ii), 13(3)(b)(v), 15(3); Annex IV(3)",
    "annex-iv",
    "results for groups of persons, or why there are none",
    fields=("performance.groups", "performance.notApplicable"), one_is_enough=True,
)
CHOICE_OF_METRICS = _duty(
    25, "high-provider", "evaluation.rationale", "Annex IV(4)", "annex-iv",
    "why these metrics are the right ones",
)
STANDARDS = _duty(
    26, "high-provider", "standards", "Annex IV(7)", "annex-iv",
    "harmonised standards, or what is done instead",
    fields=("standards", "solutions"), one_is_enough=True,
)
CONFORMITY = _duty(
    27, "high-provider", "conformity", "Art. 16(f)-(h), 43, 47, 48; Annex V, IV(8)", "annex-iv",
    "the route of assessment, the eight items of the declaration, CE marking",
    fields=("conformity.route", "conformity.declaration", "conformity.marking"),
)
DOCUMENTATION_KEPT = _duty(
    28, "high-provider", "qualityManagement", "Art. 17, 18", "annex-iv",
    "the quality management system, and papers kept for ten years or more",
    fields=("qualityManagement", "documentationYears"),
)
EVENTS_LOGGED = _duty(
    30, "high", "logging", "Art. 12(1)-(2)", "logging",
    "seven kinds of events, and the store that keeps them",
    fields=("logging.events", "logging.store"),
)
LOGS_KEPT = _duty(
    31, "high", "logging.retentionDays", "Art. 19(1), 26(6)", "logging",
    "184 days or more, and the store keeps logs for that time",
)
BIOMETRIC_LOGS = _duty(
    32, "high", "logging.biometric", "Art. 12(3)", "logging",
    "what remote biometric identification must record",
    when="identifies-persons-remotely",
)
PROVIDER_IDENTITY = _duty(
    40, "high", "provider", "Art. 13(3)(a), 16(b), 22", "instructions",
    "the provider's name, address and contact, and a representative outside of the Union",
    fields=("provider.name", "provider.address", "provider.country", "provider.contact"),
)
INSTRUCTIONS_FOR_USE = _duty(
    41, "high", "instructions", "Art. 13(3)(b)(vii), 13(3)(e)-(f)", "instructions",
    "interpretation, limits, maintenance, lifetime and how logs are read",
)
OVERSIGHT_ASSIGNED = _duty(
    50, "high", "oversight.assignees", "Art. 14(4), 26(2)", "oversight",
    "people with role, competence, training, authority and support",
)
MONITORING = _duty(
    51, "high", "oversight.monitoring", "Art. 14(4)(a)", "oversight",
    "a dashboard, and one alert or more",
)
AUTOMATION_BIAS = _duty(
    52, "high", "oversight.automationBias", "Art. 14(4)(b)", "oversight",
    "what is done against over-reliance",
)
OVERRIDE = _duty(
    53, "high", "oversight.override", "Art. 14(4)(d)", "oversight",
    "every tool that changes something requires approval, or can be undone",
    derived=True,
)
STOP = _duty(
    54, "high", "oversight.stop", "Art. 14(4)(e)", "oversight",
    "who stops it, how, within how many seconds, in which safe state, and the last drill",
)
OVERSIGHT_MODE = _duty(
    55, "high", "oversight.mode", "Art. 14(3)", "oversight",
    "built in by the provider or done by the deployer, and where doubt goes",
    fields=("oversight.mode", "oversight.doubt"),
)
TWO_PERSONS = _duty(
    56, "high", "oversight.twoPersons", "Art. 14(5)", "oversight",
    "two people confirm a remote biometric identification",
    when="identifies-persons-remotely",
)
FAIL_SAFE = _duty(
    60, "high", "robustness", "Art. 15(4)", "oversight",
    "a fall-back, time-outs and when it is cut off",
    fields=("robustness.fallback", "robustness.timeouts", "robustness.circuitBreaker"),
)
FEEDBACK_LOOPS = _duty(
    61, "high", "robustness.feedbackLoop", "Art. 15(4)", "oversight",
    "what is done against learning from its own output, where it writes what it reads",
    when="feeds-back",
)
POST_MARKET_MONITORING = _duty(
    70, "high-provider", "postMarket", "Art. 72(1)-(3); Annex IV(9)", "post-market",
    "sources, cadence of 90 days or less, triggers, owner and interactions",
    applies=GENERAL,
)
INCIDENT_REPORTING = _duty(
    71, "high", "incident", "Art. 73(2)-(4), 26(5), 20", "incident",
    "contact, authority, who suspends use, and deadlines of 15, 2 and 10 days or less",
    applies=GENERAL,
)
REGISTRATION = _duty(
    72, "high-provider", "registration", "Art. 49(1)-(2), 49(5); Annex VIII", "annex-iv",
    "what is registered, and where",
    applies=GENERAL,
    fields=("registration.database", "registration.status", "registration.memberStates"),
)
INPUT_DATA = _duty(
    80, "high-deployer", "deployer.inputData", "Art. 26(4)", "deployer",
    "why the input data are relevant and representative",
)
WORKERS_INFORMED = _duty(
    81, "high-deployer", "deployer.workersInformed", "Art. 26(7)", "deployer",
    "when and whom, where it is used at a workplace",
    fields=("deployer.workersInformed",), when="workplace",
)
PERSONS_INFORMED = _duty(
    82, "high-deployer", "deployer.personsInformed", "Art. 26(11), 86", "deployer",
    "a notice, and where an explanation is asked for",
    fields=("deployer.personsInformed", "deployer.explanations"), when="listed-use",
)
DATA_PROTECTION_ASSESSMENT = _duty(
    83, "high-deployer", "deployer.dataProtection", "Art. 26(9); GDPR Art. 35", "deployer",
    "the data protection impact assessment, where it takes personal data",
    fields=("deployer.dataProtection", "deployer.dataProtectionDate"), when="personal-data",
)
FUNDAMENTAL_RIGHTS_ASSESSMENT = _duty(
    84, "high-deployer", "fria", "Art. 27(1), 27(3)", "fria",
    "six parts, for public services and for credit or insurance",
    when="public-or-credit",
)
PUBLIC_AUTHORITY_REGISTRATION = _duty(
    85, "high-deployer", "registration.deployer", "Art. 26(8), 49(3); Annex VIII(C)", "deployer",
    "the registration of a public authority",
    when="public-authority",
)
INTERACTION_NOTICE = _duty(
    90, "limited", "transparency.interaction", "Art. 50(1), 50(5)", "transparency",
    "a notice in each language, and where it is shown; or why it is obvious",
    applies=GENERAL,
    fields=("transparency.interaction.notice", "transparency.interaction.surface"),
    when="interacts-with-persons",
)
CONTENT_MARKED = _duty(
    91, "limited", "transparency.marking", "Art. 50(2), 111(4)", "transparency",
    "how what it generates is marked for machines",
    applies=GENERAL, when="generates-content",
)
EMOTION_OR_BIOMETRIC_NOTICE = _duty(
    92, "limited", "transparency.emotionOrBiometric", "Art. 50(3)", "transparency",
    "a notice to the persons exposed",
    applies=GENERAL, when="emotion-or-biometric",
)
PUBLIC_TEXT_DISCLOSED = _duty(
    93, "limited", "transparency.publicText", "Art. 50(4)", "transparency",
    "disclosure, or a named editor who reviews",
    applies=GENERAL, fields=("transparency.disclosure", "transparency.editor"), one_is_enough=True,
    when="public-text",
)
GENERAL_PURPOSE_MODEL = _duty(
    95, "general-purpose", "generalPurpose", "Art. 53(1)(a)-(d)", "annex-iv",
    "papers of Annexes XI and XII, a copyright policy and a summary of training",
    applies=GENERAL_PURPOSE_MODELS,
)
RULES_REVIEWED = _duty(
    99, "all", "law", "Art. 113", "every page",
    "the law's version, and the day on which these rules were reviewed",
    applies=FIRST_CHAPTERS, derived=True,
)
# fmt: on

DUTIES: tuple[Duty, ...] = (
    ROLE, INTENDED_PURPOSE, PROHIBITED_PRACTICES, ANNEX_III_POINTS, DEROGATION, WORKFLOW_CLASS,
    TIER_FITS_CLASS, AI_LITERACY, RISK_FILE, FORESEEABLE_MISUSE, TEST_METRICS, VULNERABLE_GROUPS,
    DATA_GOVERNANCE, SYSTEM_VERSION, COMPONENTS_DECLARED, EXACT_VERSIONS, USER_INTERFACE,
    SUPPLIER_PAPERS, DESIGN, ARCHITECTURE, TEST_REPORTS, CYBERSECURITY, RESULTS_BY_GROUP,
    CHOICE_OF_METRICS, STANDARDS, CONFORMITY, DOCUMENTATION_KEPT, EVENTS_LOGGED, LOGS_KEPT,
    BIOMETRIC_LOGS, PROVIDER_IDENTITY, INSTRUCTIONS_FOR_USE, OVERSIGHT_ASSIGNED, MONITORING,
    AUTOMATION_BIAS, OVERRIDE, STOP, OVERSIGHT_MODE, TWO_PERSONS, FAIL_SAFE, FEEDBACK_LOOPS,
    POST_MARKET_MONITORING, INCIDENT_REPORTING, REGISTRATION, INPUT_DATA, WORKERS_INFORMED,
    PERSONS_INFORMED, DATA_PROTECTION_ASSESSMENT, FUNDAMENTAL_RIGHTS_ASSESSMENT,
    PUBLIC_AUTHORITY_REGISTRATION, INTERACTION_NOTICE, CONTENT_MARKED, EMOTION_OR_BIOMETRIC_NOTICE,
    PUBLIC_TEXT_DISCLOSED, GENERAL_PURPOSE_MODEL, RULES_REVIEWED,
)  # fmt: skip
"""All of them, by number."""
