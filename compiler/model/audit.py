"""The audit store: an object store that keeps events and does not allow changes."""

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
"""A kind of event: the attribute `event.name` of a log record."""

Events = Annotated[tuple[Event, ...], Field(min_length=1)]


class AuditEvents(Model):
    """Which events of an agent go to the store, by the level of its tier."""

    low: tuple[Event, ...] = about("of agents of low risk", ())
    medium: Events = about("of agents of medium risk")
    high: Events = about("of agents of high risk")


class Audit(Model):
    """Buckets of S3 or a compatible store, each with one retention time for all its objects."""

    bucket: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{1,55}[a-z0-9])$")] = about(
        "the prefix of the buckets' names; the days follow, as in `audit-365d`"
    )
    region: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,63}$")] = about("where they are")
    endpoint: Endpoint | None = about(
        "the host of the store, accessed through TLS; without it, Amazon's", None
    )
    lock: Literal["compliance", "governance"] = about(
        "`compliance`: no object can be deleted before its retention ends; `governance`: only"
        " with the permission to bypass the lock"
    )
    accessKey: Secret = about("the id of the key that the collector writes with")
    secretKey: Secret = about("the key itself")
    events: AuditEvents = about("the events that are stored")
    queue: Memory = about("bytes that each collector buffers while the store is unavailable", "5Gi")
    maxDays: Annotated[int, Field(ge=1, le=3650)] | None = about(
        "the longest retention that is allowed, if there is a limit", None
    )
