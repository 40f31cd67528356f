"""How people watch, stop and follow an AI system in use (Art. 14, 15(4), 72, 73)."""

from typing import Annotated, Literal

from pydantic import Field

from compiler.model.base import Day, Line, Model, Prose, Url, about

Days = Annotated[int, Field(ge=1, le=3650)]


class Assignee(Model):
    """A role to which oversight is assigned."""

    role: Line | None = about("the role, as the Owners list it", None)
    competence: Line | None = about("what they know", None)
    training: Line | None = about("what they were trained in", None)
    authority: Line | None = about("what they may decide", None)
    support: Line | None = about("who helps them", None)


class Monitoring(Model):
    """Where they see what it does."""

    dashboard: Url | None = about("the dashboard", None)
    alerts: tuple[Line, ...] = about("alerts that call them", ())


class Stop(Model):
    """The stop button (Art. 14(4)(e))."""

    owner: Line | None = about("who can stop it, as the Owners list them", None)
    mechanism: Literal["scale-to-zero", "deny-policy", "kill-switch"] | None = about(
        "how it is halted", None
    )
    maxSeconds: Annotated[int, Field(ge=1, le=86_400)] | None = about(
        "seconds until it has halted", None
    )
    safeState: Prose | None = about("the state that it is in then", None)
    lastDrill: Day | None = about("the day on which that was last tried", None)


class HumanOversight(Model):
    """How people oversee it."""

    mode: Literal["built-in", "deployer", "both"] | None = about("whose measures they are", None)
    doubt: Prose | None = about("where a result below the confidence threshold goes", None)
    assignees: tuple[Assignee, ...] = about("who", ())
    monitoring: Monitoring | None = about("where they see it", None)
    automationBias: Prose | None = about("what is done against over-reliance", None)
    reversible: dict[str, Prose] = about(
        "how calls are undone that wait for no approval, by `server/tool`", {}
    )
    twoPersons: Prose | None = about("how two people confirm an identification", None)
    stop: Stop | None = about("how it is stopped", None)


class Robustness(Model):
    """What happens when something fails (Art. 15(4))."""

    fallback: Prose | None = about("what takes over", None)
    timeouts: Prose | None = about("its timeouts", None)
    circuitBreaker: Prose | None = about("when calls to it are cut off", None)
    feedbackLoop: Prose | None = about("against learning from its own output", None)


class PostMarket(Model):
    """How it is watched in use (Art. 72)."""

    sources: tuple[Line, ...] = about("where data come from", ())
    cadenceDays: Days | None = about("days between reviews", None)
    triggers: tuple[Line, ...] = about("metrics and values that call for a review at once", ())
    owner: Line | None = about("who reviews, as the Owners list them", None)
    interactions: Prose | None = about("how it works together with other AI systems", None)


class Incident(Model):
    """What happens after a serious incident (Art. 73)."""

    contact: Line | None = about("whom to contact", None)
    authority: Line | None = about("the market surveillance authority", None)
    suspension: Line | None = about("who suspends its use, as the Owners list them", None)
    days: Days | None = about("days until a report, usually", None)
    daysWidespread: Days | None = about("where it is widespread or critical", None)
    daysDeath: Days | None = about("where a person died", None)
