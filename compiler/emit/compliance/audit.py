"""What is recorded, where, how long, and who can change it: a table of all agents, and the
settings of the audit store's buckets as Amazon's command line takes them (`--cli-input-json`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from compiler.derive import Fleet
from compiler.derive.retention import (
    Stream,
    audited,
    bucket,
    bucket_days,
    in_loki,
    in_store,
)
from compiler.emit.format.json import Object, dump
from compiler.emit.format.template import render
from compiler.file import File, Origin
from compiler.model.audit import Audit

FOLDERS: tuple[str, ...] = ("compliance",)
_FOLDER = "compliance/audit"


def emit(fleet: Fleet) -> Iterator[File]:
    """The table twice, and three files for each bucket; none where the platform has no store."""
    logs = fleet.streams
    if not any(in_loki(fleet, stream) or in_store(fleet, stream) for stream in logs):
        return
    origins = tuple(_origins(fleet, logs))
    yield File(f"{_FOLDER}/audit.json", dump(_data(fleet, logs)), origins)
    yield File(f"{_FOLDER}/audit.md", _page(fleet, logs), origins)
    if fleet.platform.audit is not None:
        for days in bucket_days(fleet):
            yield from _settings(fleet, fleet.platform.audit, days, logs)


def _origins(fleet: Fleet, logs: Sequence[Stream]) -> Iterator[Origin]:
    """The stores, and what demands that each log is kept."""
    platform = fleet.platform
    if platform.audit is not None:
        yield Origin("", fleet.platform_resource, ("audit",))
    if platform.components is not None and platform.components.loki is not None:
        yield Origin("", fleet.platform_resource, ("components", "loki"))
    for stream in logs:
        yield Origin("", stream.agent, ("riskTier",))
        yield Origin("", stream.tier, ("logRetentionDays",))
        if stream.record is not None:
            yield Origin("", stream.record, ("logging", "retentionDays"))


def _data(fleet: Fleet, logs: Sequence[Stream]) -> Object:
    audit = fleet.platform.audit
    store = audit and {"region": audit.region, "endpoint": audit.endpoint, "lock": audit.lock}
    return {"version": 1, "store": store, "agents": [_row(fleet, stream) for stream in logs]}


def _row(fleet: Fleet, stream: Stream) -> Object:
    days, events = in_store(fleet, stream), list(audited(fleet, stream))
    kept = {"bucket": bucket(fleet, days), "days": days, "events": events} if days else None
    return {
        "project": stream.project.name,
        "agent": stream.agent.name,
        "tier": stream.tier.name,
        "demanded": stream.days,
        "loki": in_loki(fleet, stream) or None,
        "audit": kept,
    }


def _page(fleet: Fleet, logs: Sequence[Stream]) -> str:
    audit = fleet.platform.audit
    buckets = [{"name": bucket(fleet, days), "days": days} for days in bucket_days(fleet)]
    facts = {
        "agents": [_row(fleet, stream) for stream in logs],
        "has_loki": any(in_loki(fleet, stream) for stream in logs),
        "buckets": buckets if audit is not None else [],
        "lock": audit.lock if audit is not None else "",
    }
    return render(fleet.graph, "compliance/audit.md.j2", facts)


def _settings(fleet: Fleet, audit: Audit, days: int, logs: Sequence[Stream]) -> Iterator[File]:
    """How to create, lock and empty a bucket."""
    name = bucket(fleet, days)
    kept = [stream for stream in logs if in_store(fleet, stream) == days]
    origins = tuple(o for o in _origins(fleet, kept) if o.route != ("components", "loki"))
    retention = {"Mode": audit.lock.upper(), "Days": days}
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": retention}}
    contents = {
        "bucket": _creation(audit),
        "object-lock": {"ObjectLockConfiguration": lock},
        "lifecycle": {"LifecycleConfiguration": {"Rules": _rules(days)}},
    }
    for what, content in contents.items():
        yield File(f"{_FOLDER}/{name}.{what}.json", dump({"Bucket": name, **content}), origins)


def _creation(audit: Audit) -> Object:
    """A bucket that can be locked; Amazon refuses the name of its first region."""
    region = {"LocationConstraint": audit.region}
    place = {} if audit.region == "us-east-1" else {"CreateBucketConfiguration": region}
    return {**place, "ObjectLockEnabledForBucket": True}


def _rules(days: int) -> list[Object]:
    """Delete what is old: the object, then its versions, then the delete marker."""
    every = {"Status": "Enabled", "Filter": {"Prefix": ""}}
    return [
        {
            "ID": "expired",
            **every,
            "Expiration": {"Days": days},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        {"ID": "marks", **every, "Expiration": {"ExpiredObjectDeleteMarker": True}},
    ]
