"""A workflow: agents working together in one of four patterns."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.agent import AgentRef
from compiler.model.base import Duration, Label, Line, Model, Name, Ref, Spec, about
from compiler.model.classification import Separability
from compiler.model.project import ProjectRef

Rounds = Annotated[int, Field(ge=1, le=20)]


class WorkflowRef(Ref):
    """The name of a Workflow."""

    KIND = "Workflow"


class Step(Model):
    """One agent doing one thing."""

    name: Name = about("the name of the step")
    agent: AgentRef = about("who does it")
    approval: Literal["none", "human"] = about("whether a human agrees before it starts", "none")
    timeout: Duration = about("how long it may take", "10m")


class Sequential(Model):
    """One after the other, each with the result of the one before."""

    type: Literal["sequential"] = about("the pattern")
    steps: Annotated[tuple[Step, ...], Field(min_length=2)] = about("in this order")


class Reflection(Model):
    """A builder improves its work until an evaluator accepts it."""

    type: Literal["reflection"] = about("the pattern")
    builder: Step = about("who builds and improves")
    evaluator: Step = about("who judges")
    finish: Step | None = about("who checks the final result", None)
    maxRounds: Rounds = about("the most improvements")


class Magentic(Model):
    """An orchestrator sends tasks to specialists in parallel, and collects the results."""

    type: Literal["magentic"] = about("the pattern")
    orchestrator: Step = about("who plans and delegates")
    specialists: Annotated[tuple[Step, ...], Field(min_length=2)] = about("who work in parallel")
    aggregator: Step = about("who combines the results")
    evaluator: Step = about("who evaluates the combined result")
    maxRounds: Rounds = about("the most plans")


class Route(Model):
    """The handler of one kind of event."""

    match: Annotated[tuple[Label, ...], Field(min_length=1)] = about("events by their type")
    step: Step = about("who handles them")


class EventDriven(Model):
    """An event is triaged, and sent to the agent that handles its kind."""

    type: Literal["event-driven"] = about("the pattern")
    topic: Name = about("the topic of the event bus")
    source: Line = about("who sends the events")
    triage: Step = about("who triages")
    routes: Annotated[tuple[Route, ...], Field(min_length=1)] = about("who handles what")
    default: Step = about("who handles everything else")


class Checkpointing(Model):
    """How a run survives the end of its process."""

    store: Literal["postgres", "sqlite", "redis"] = about("where checkpoints are kept")
    durability: Literal["sync", "async", "exit"] = about(
        "when they are written; only `sync` resumes after a kill", "sync"
    )


class Workflow(Spec):
    """A workflow of the platform or of a project."""

    KIND: ClassVar[str] = "Workflow"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs/workflows", "projects/*")

    displayName: Line = about("the name for people")
    purpose: Line = about("what it is for")
    project: ProjectRef = about("the project whose team does the work")
    pattern: Annotated[
        Sequential | Reflection | Magentic | EventDriven, Field(discriminator="type")
    ] = about("how the agents work together")
    timeout: Duration = about("how long a run may take", "1h")
    concurrency: Annotated[int, Field(ge=1, le=1000)] = about("runs at the same time", 10)
    checkpointing: Checkpointing = about("how a run survives the end of its process")
    compliance: Separability = about(
        "whether its members are classified separately", Separability()
    )
