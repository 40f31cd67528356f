"""A context space: one keyspace of the shared context store, and who may read and write it."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from compiler.model.agent import AgentRef
from compiler.model.base import Count, DataClass, Duration, FilePath, Line, Model, Ref, Spec, about
from compiler.model.project import ProjectRef


class ContextSpaceRef(Ref):
    """The name of a ContextSpace."""

    KIND = "ContextSpace"


class Writer(Model):
    """An agent that may propose changes."""

    agent: AgentRef = about("the agent")
    priority: Count = about("the higher one wins a conflict", 10)


class ContextSpace(Spec):
    """A keyspace `ctx:<name>:*`."""

    KIND: ClassVar[str] = "ContextSpace"
    FOLDERS: ClassVar[tuple[str, ...]] = ("specs/context", "projects/*")

    description: Line = about("what is kept there")
    project: ProjectRef | None = about("the project that owns it; without one, the platform", None)
    readers: tuple[AgentRef, ...] = about("agents that may read it", ())
    writers: Annotated[tuple[Writer, ...], Field(min_length=1)] = about("agents that may write it")
    ttl: Duration = about("how long a value lives")
    conflict: Literal["priority", "version", "last-write"] = about(
        "what happens when two agents write one key: the higher priority wins, the older version"
        " is refused, or the later one wins",
        "priority",
    )
    dataClass: DataClass = about("the most sensitive data in it")
    redaction: tuple[Literal["email", "phone", "name", "address", "iban", "card", "token"], ...] = (
        about("what is removed before a value is stored", ())
    )
    schemaFile: FilePath | None = about("JSON Schema of a value, below specs/context/", None)
