"""The audit store: a store of objects that takes what happened, and lets nobody change it."""

from typing import Annotated, Literal

from pydantic import Field

from compiler.model.base import Endpoint, Memory, Model, Secret, about

Event = Literal[
    "decision",
    "tool-call",
    "human-override",
    "stop",
    "config-change",
    "model-change",
    "risk-situation",
]
"""A kind of event, as the attribute `event.name` of a log record says it."""

Events = Annotated[tuple[Event, ...], Field(min_length=1)]


class AuditEvents(Model):
    """Which events of an agent go to the store, by the level of its tier."""

    low: tuple[Event, ...] = about("of agents of low risk", ())
    medium: Events = about("of agents of medium risk")
    high: Events = about("of agents of high risk")


class Audit(Model):
    """Buckets of S3 or something like it, each with one length of time for all that is in it."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{1,55}[a-z0-9])$")] = about(
        "what the buckets' names begin with; the days follow, as in `audit-365d`"
    )
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,63}$")] = about("where they are")
    endpoint: Endpoint | None = about(
        "the store's own host, reached through TLS; without it, Amazon's", None
    )
    lock: Literal["compliance", "governance"] = about(
        "`compliance`: nobody can delete before the time is over; `governance`: who has the right"
        " to go around it can"
    )
    accessKey: Secret = about("the id of the key that the collector writes with")
    secretKey: Secret = about("the key itself")
    events: AuditEvents = about("what goes there")
    queue: Memory = about("bytes that wait at each collector while the store is away", "5Gi")
    maxDays: Annotated[int, Field(ge=1, le=3650)] | None = about(
        "the longest that anything may be kept there, if there is such a limit", None
    )
