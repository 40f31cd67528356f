"""An AI system in the sense of the EU AI Act: a project's agents and workflows, with its record.

Every answer may be missing: a check then says which article asks for it, and from when.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.audit import Event
from compiler.model.base import Day, FilePath, Line, Model, Prose, Spec, Version, about
from compiler.model.evidence import Metric, Report
from compiler.model.language_model import LanguageModelRef
from compiler.model.oversight import HumanOversight, Incident, PostMarket, Robustness
from compiler.model.project import ProjectRef

Level = Literal["low", "medium", "high"]


class Literacy(Model):
    """What the staff learns about it (Art. 4)."""

    measure: Prose | None = about("what is done", None)
    audience: Line | None = about("for whom", None)
    date: Day | None = about("on which day it was last done", None)


class Provider(Model):
    """Who answers for the system (Art. 13(3)(a), 16(b), 22)."""

    name: Line | None = about("the organisation", None)
    address: Line | None = about("its postal address", None)
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = about(
        "the country, by its two letters", None
    )
    contact: Line | None = about("a mailbox or a web page", None)
    representative: Line | None = about("the authorised representative in the Union", None)


class RiskEntry(Model):
    """A risk to health, safety or fundamental rights (Art. 9)."""

    id: Line = about("its name in this file")
    hazard: Prose | None = about("what can go wrong", None)
    affected: Line | None = about("for whom", None)
    likelihood: Level | None = about("how likely it is", None)
    severity: Level | None = about("how bad it would be", None)
    mitigation: Prose | None = about("what is done about it", None)
    residual: Level | None = about("what risk is left", None)
    acceptedBy: Line | None = about("who accepted that", None)


class Misuse(Model):
    """A misuse that can be foreseen."""

    description: Prose | None = about("what a person could do", None)
    risk: Line | None = about("the risk that it leads to, by its id", None)


class DataSet(Model):
    """Data that the system was made or tested with (Art. 10)."""

    name: Line = about("the data set")
    provenance: Prose | None = about("where it comes from", None)
    purpose: Prose | None = about("why it was collected", None)
    bias: Prose | None = about("how it was examined for bias", None)
    gaps: Prose | None = about("what it lacks", None)


class Data(Model):
    """What it was made and tested with."""

    training: tuple[DataSet, ...] = about("what we trained with; nothing, where we do not", ())
    testing: tuple[DataSet, ...] = about("what it is tested with", ())


class Evaluation(Model):
    """How well it works, by evidence."""

    metrics: tuple[Metric, ...] = about("what is measured", ())
    rationale: Prose | None = about("why these metrics are the right ones", None)
    reports: tuple[Report, ...] = about("test reports", ())


class GroupResult(Model):
    """A result for one group of persons."""

    group: Line = about("the group")
    metric: Metric = about("what was measured for it")


class Performance(Model):
    """Results by group of persons, or why there are none."""

    groups: tuple[GroupResult, ...] = about("group by group", ())
    notApplicable: Prose | None = about("why results by group make no sense here", None)


class Design(Model):
    """Why it is as it is (Annex IV(2)(b))."""

    logic: Prose | None = about("how it comes to its results", None)
    assumptions: Prose | None = about("what it takes for granted, about whom", None)
    optimisesFor: Prose | None = about("what it is made to do well", None)
    tradeoffs: Prose | None = about("what was given up for that", None)


class Security(Model):
    """What is done against attacks on the AI itself (Art. 15(5))."""

    poisoning: Prose | None = about("of data, prompts and memory", None)
    evasion: Prose | None = about("by inputs made to mislead, such as injected prompts", None)
    confidentiality: Prose | None = about("of data, prompts and models", None)
    modelFlaws: Prose | None = about("such as invented facts", None)


class Declaration(Model):
    """The EU declaration of conformity, item by item of Annex V; the first two follow from
    `provider` and the names."""

    responsibility: Prose | None = about("that the provider alone answers for it", None)
    statement: Prose | None = about("what the system conforms to", None)
    dataProtection: Prose | None = about("where it takes personal data", None)
    standards: Prose | None = about("harmonised standards or common specifications", None)
    notifiedBody: Prose | None = about("the notified body, or that there is none", None)
    signature: Line | None = about("place, day, name and function of who signs", None)


class Conformity(Model):
    """How conformity was assessed (Art. 43, 47, 48)."""

    route: Literal["internal-control", "notified-body"] | None = about("by whom", None)
    declaration: Declaration = about("the declaration", Declaration())
    marking: Line | None = about("where the CE marking stands", None)


class Biometric(Model):
    """What a log of remote biometric identification holds (Art. 12(3))."""

    period: Line | None = about("how each use's start and end is recorded", None)
    database: Line | None = about("how the reference database is recorded", None)
    match: Line | None = about("how the input that led to a match is recorded", None)
    verifiers: Line | None = about("how the people who verified are recorded", None)


class Logging(Model):
    """What is recorded, where and for how long (Art. 12, 19)."""

    events: tuple[Event, ...] = about("kinds of events", ())
    store: Literal["loki", "audit"] | None = about(
        "the platform's logs, or its audit store, which cannot be changed", None
    )
    retentionDays: Annotated[int, Field(ge=1, le=3650)] | None = about("days", None)
    biometric: Biometric | None = about("for remote biometric identification", None)


class Instructions(Model):
    """What a deployer must know (Art. 13(3)); the rest follows from the specs."""

    interpretation: Prose | None = about("how results are to be read", None)
    limits: Prose | None = about("what it cannot do", None)
    maintenance: Prose | None = about("what keeps it working, and how often", None)
    lifetime: Line | None = about("how long it is expected to be used", None)
    logs: Prose | None = about("how logs are collected, kept and read", None)


class Registration(Model):
    """Entries in the EU database (Art. 49)."""

    database: Literal["eu", "national"] | None = about(
        "which register; national for critical infrastructure", None
    )
    status: Literal["planned", "on-market", "withdrawn"] | None = about("what is entered", None)
    memberStates: tuple[Line, ...] = about("where it is on the market", ())
    deployer: Line | None = about("a public authority's own entry", None)


class Deployer(Model):
    """What a deployer answers (Art. 26)."""

    inputData: Prose | None = about("why the input data are relevant", None)
    workplace: bool | None = about("whether it is used at a workplace", None)
    workersInformed: Literacy | None = about("how, whom and when workers were informed", None)
    personsInformed: Prose | None = about("the notice to those whom decisions are about", None)
    explanations: Line | None = about("where an explanation is asked for", None)
    dataProtection: Line | None = about("the data protection impact assessment", None)
    dataProtectionDate: Day | None = about("its day", None)
    publicAuthority: bool | None = about("whether the deployer is a public authority", None)
    publicService: bool | None = about("whether it gives a public service", None)


class FundamentalRights(Model):
    """The assessment of the impact on fundamental rights, part by part of Art. 27(1)."""

    processes: Prose | None = about("(a) the processes that it is used in", None)
    period: Prose | None = about("(b) how long and how often", None)
    persons: Prose | None = about("(c) the persons and groups affected", None)
    harms: Prose | None = about("(d) the harms that are likely", None)
    oversight: Prose | None = about("(e) how people oversee it", None)
    measures: Prose | None = about("(f) what is done when harm comes, and complaints", None)


class Interaction(Model):
    """How persons learn that they talk to a machine (Art. 50(1))."""

    notice: dict[str, Prose] = about("the words, by language", {})
    surface: Line | None = about("where they stand at the first contact", None)
    obvious: Prose | None = about("why it is obvious without a notice", None)


class Transparency(Model):
    """What people are informed of (Art. 50)."""

    interaction: Interaction = about("that they talk to a machine", Interaction())
    marking: Prose | None = about("how what it makes is marked for machines", None)
    emotionOrBiometric: Prose | None = about("the notice to persons exposed", None)
    disclosure: Prose | None = about("how deep fakes and public texts are disclosed", None)
    editor: Line | None = about("who reviews public texts and answers for them", None)


class GeneralPurpose(Model):
    """What the provider of a general-purpose model has (Art. 53)."""

    model: LanguageModelRef = about("the model")
    annexXI: Line | None = about("its technical documentation", None)
    annexXII: Line | None = about("its papers for those who build on it", None)
    copyrightPolicy: Line | None = about("its policy on copyright", None)
    trainingSummary: Line | None = about("the public summary of what it was trained with", None)


class AISystem(Spec):
    """A project's agents and workflows as one AI system, and the record that the Act asks for."""

    KIND: ClassVar[str] = "AISystem"
    FOLDERS: ClassVar[tuple[str, ...]] = ("projects/*",)

    project: ProjectRef = about("the project that it is made of")
    role: Literal["provider", "deployer", "both"] | None = about("what we are to it", None)
    intendedPurpose: Prose | None = about("what it is meant for, by whom, in which context", None)
    upstreamPurpose: Prose | None = about(
        "what its supplier meant it for, where another organisation made it", None
    )
    version: Version | None = about("its version", None)
    supersedes: Version | None = about("the version that it replaces", None)
    released: Day | None = about("the day on which this version was put into service", None)
    literacy: Literacy | None = about("what the staff learns", None)
    provider: Provider | None = about("who answers for it", None)
    risks: tuple[RiskEntry, ...] = about("the risk file", ())
    minorsAndVulnerable: Prose | None = about("effects on minors and vulnerable groups", None)
    misuse: tuple[Misuse, ...] = about("misuse that can be foreseen", ())
    data: Data | None = about("data sets", None)
    evaluation: Evaluation = about("how well it works", Evaluation())
    performance: Performance | None = about("results by group of persons", None)
    design: Design | None = about("why it is as it is", None)
    userInterface: FilePath | None = about(
        "the description of its user interface, below the project's folder", None
    )
    security: Security | None = about("against attacks on the AI", None)
    standards: tuple[Line, ...] = about("harmonised standards applied", ())
    solutions: Prose | None = about("what is done where no standard is applied", None)
    conformity: Conformity | None = about("how conformity was assessed", None)
    qualityManagement: Line | None = about("the quality management system", None)
    documentationYears: Annotated[int, Field(ge=1, le=100)] | None = about(
        "years for which papers are kept", None
    )
    predeterminedChanges: tuple[Line, ...] = about("changes that were assessed beforehand", ())
    logging: Logging | None = about("what is recorded", None)
    instructions: Instructions | None = about("what a deployer must know", None)
    oversight: HumanOversight | None = about("how people stay in control", None)
    robustness: Robustness | None = about("what happens when something fails", None)
    postMarket: PostMarket | None = about("how it is watched in use", None)
    incident: Incident | None = about("what happens after a serious incident", None)
    registration: Registration | None = about("entries in the EU database", None)
    deployer: Deployer | None = about("what a deployer answers", None)
    fria: FundamentalRights | None = about("impact on fundamental rights", None)
    transparency: Transparency = about("what people are informed of", Transparency())
    generalPurpose: GeneralPurpose | None = about(
        "the general-purpose model that we provide ourselves, if any", None
    )
