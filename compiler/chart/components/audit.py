"""How the collector sends events to the audit store: each to its bucket, without secrets, and from
a queue in its volume while the store is unavailable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TypedDict

from compiler.chart.facts import Site
from compiler.chart.facts.monitoring import logs
from compiler.derive.fleet import Fleet
from compiler.derive.quantity import in_bytes
from compiler.derive.retention import Stream, audited, bucket, bucket_days, in_store
from compiler.emit.format.json import Object


class Bucket(TypedDict):
    """A bucket of the audit store: by event, the agents that it is for, as `project/agent`."""

    name: str
    days: int
    senders: dict[str, list[str]]


class AuditStore(TypedDict):
    """The store of events that must not change, and the credentials of the collector.

    `agents`: all agents of the cluster, so that the events of unknown senders are recognised.
    """

    cluster: str
    region: str
    endpoint: str
    id: tuple[str, str]
    key: tuple[str, str]
    queue: int
    events: list[str]
    agents: list[str]
    buckets: list[Bucket]


QUEUE = "/var/lib/otelcol"
"""Where the volume is mounted."""
CREDENTIALS = "/etc/aws"
"""Where the file `credentials` is that Amazon's library reads."""
_FILE = "[default]\naws_access_key_id = {{ .id }}\naws_secret_access_key = {{ .key }}\n"
TEMPLATE = {"credentials": _FILE}
"""That file, as External Secrets fills it."""

_SENDER = (
    'Concat([resource.attributes["service.namespace"], resource.attributes["service.name"]], "/")'
)
_EVENT = ('log.attributes["event.name"]', "log.event_name")
_KEYS = (
    r"(?i)(passw|passphrase|secret|credential|authorization|cookie)",
    r"(?i)(api|access|private|signing|encryption)[_.-]?key",
    r"(?i)((access|auth|bearer|id|refresh|session)[_.-]?token|^token$)",
)
_VALUES = (
    r"(?i)\b(bearer|basic)\s+[a-z0-9._~+/=-]{8,}",
    r"(?i)\b[a-z0-9_-]*(password|passwd|pwd|secret|api[_-]?key|access[_-]?key|token)[\"']?\s*[:=]\s*[\"']?[^\s\"',;&]{4,}",
    r"\b(AKIA|ASIA)[0-9A-Z]{16}\b",
    r"\b(gh[pousr]_[0-9A-Za-z]{20,}|github_pat_\w{20,}|glpat-[0-9A-Za-z_-]{16,})",
    r"\b(sk-[0-9A-Za-z_-]{20,}|[rs]k_(live|test)_[0-9A-Za-z]{10,}|whsec_\w{16,})",
    r"\b(xox[abeoprs]-[0-9A-Za-z-]{10,}|xapp-[0-9A-Za-z-]{10,}|hv[sbr]\.[0-9A-Za-z_-]{20,})",
    r"\b(AIza[0-9A-Za-z_-]{30,}|GOCSPX-[0-9A-Za-z_-]{20,}|ntn_[0-9A-Za-z]{30,}|figd_[0-9A-Za-z_-]{30,})",
    r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]*",
    r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----.*?(-----END|$)",
    r"://[^\s:/@]+:[^\s@/]+@",
)


def extend(settings: Object, store: AuditStore) -> Object:
    """A collector's settings, with the store's exporters and pipelines added."""
    exporters = {
        f"awss3/{bucket['days']}d": _exporter(store, bucket) for bucket in store["buckets"]
    }
    service, pipelines = settings["service"], settings["service"]["pipelines"]
    ours = {
        f"logs/audit-{bucket['days']}d": {
            "receivers": ["routing/audit"],
            "processors": ["redaction/audit"],
            "exporters": [f"awss3/{bucket['days']}d"],
        }
        for bucket in store["buckets"]
    }
    entry = {
        "receivers": ["otlp"],
        "processors": ["memory_limiter"],
        "exporters": ["routing/audit"],
    }
    storage = {"directory": f"{QUEUE}/audit", "create_directory": True, "fsync": True}
    return {
        **settings,
        "processors": {**settings["processors"], "redaction/audit": _redaction()},
        "connectors": {**settings["connectors"], "routing/audit": _routing(store)},
        "exporters": {**settings["exporters"], **exporters},
        "extensions": {**settings["extensions"], "file_storage/audit": storage},
        "service": {
            **service,
            "extensions": [*service["extensions"], "file_storage/audit"],
            "pipelines": {**pipelines, "logs/audit": entry, **ours},
        },
    }


def _routing(store: AuditStore) -> Object:
    """Each event to one bucket; those of unknown agents to the bucket that keeps the longest."""
    table = [
        _route(bucket, " or ".join(_conditions(bucket)))
        for bucket in store["buckets"]
        if bucket["senders"]
    ]
    unknown = f"{_among(_EVENT, store['events'])} and not {_among((_SENDER,), store['agents'])}"
    return {"error_mode": "ignore", "table": [*table, _route(store["buckets"][-1], unknown)]}


def _route(bucket: Bucket, condition: str) -> Object:
    return {
        "context": "log",
        "condition": condition,
        "pipelines": [f"logs/audit-{bucket['days']}d"],
    }


def _conditions(bucket: Bucket) -> Iterator[str]:
    """One for each group of senders that have the same events."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for event, senders in bucket["senders"].items():
        groups.setdefault(tuple(senders), []).append(event)
    for group, events in groups.items():
        yield f"({_among(_EVENT, events)} and {_among((_SENDER,), group)})"


def _among(values: Iterable[str], words: Iterable[str]) -> str:
    """The condition, in OpenTelemetry's language (OTTL), that any of some values is among words."""
    shape = "|".join(words)
    return "(" + " or ".join(f'IsMatch({value}, "^({shape})$")' for value in values) + ")"


def _redaction() -> Object:
    """Secrets by their key or their form, in attributes and bodies."""
    return {
        "allow_all_keys": True,
        "redact_all_types": True,
        "blocked_key_patterns": list(_KEYS),
        "blocked_values": list(_VALUES),
        "summary": "silent",
    }


def _exporter(audit: AuditStore, bucket: Bucket) -> Object:
    """It retries without an end, from a queue on disk; a name is never used twice."""
    store: Object = {
        "region": audit["region"],
        "s3_bucket": bucket["name"],
        "s3_base_prefix": audit["cluster"],
        "s3_partition_format": "%Y/%m/%d/%H",
        "s3_partition_timezone": "UTC",
        "unique_key_func_name": "uuidv7",
        "compression": "gzip",
    }
    if audit["endpoint"]:
        store |= {"endpoint": f"https://{audit['endpoint']}", "s3_force_path_style": True}
    mebibyte = 1024 * 1024
    return {
        "s3uploader": store,
        "marshaler": "otlp_json",
        "timeout": "60s",
        "retry_on_failure": {"max_interval": "60s", "max_elapsed_time": 0},
        "sending_queue": {
            "storage": "file_storage/audit",
            "sizer": "bytes",
            "queue_size": audit["queue"],
            "batch": {"flush_timeout": "30s", "min_size": mebibyte, "max_size": 8 * mebibyte},
        },
    }


def gather(site: Site) -> AuditStore | None:
    """The audit store for the agents of a cluster; None where there is none, or no events."""
    fleet, audit, streams = site.fleet, site.fleet.platform.audit, logs(site)
    buckets = [_bucket(fleet, days, streams) for days in bucket_days(fleet)]
    if audit is None or not buckets:
        return None
    every = {event for events in audit.events.model_dump().values() for event in events}
    return {
        "cluster": site.cluster.name,
        "region": audit.region,
        "endpoint": audit.endpoint or "",
        "id": (audit.accessKey.key, audit.accessKey.property),
        "key": (audit.secretKey.key, audit.secretKey.property),
        "queue": in_bytes(audit.queue) * 4 // 5 // len(buckets),
        "events": sorted(every),
        "agents": [stream.name for stream in streams],
        "buckets": buckets,
    }


def _bucket(fleet: Fleet, days: int, streams: Sequence[Stream]) -> Bucket:
    """The bucket for a number of days, and the senders of each event that goes there."""
    senders: dict[str, list[str]] = {}
    for stream in (stream for stream in streams if in_store(fleet, stream) == days):
        for event in audited(fleet, stream):
            senders.setdefault(event, []).append(stream.name)
    return {"name": bucket(fleet, days), "days": days, "senders": senders}
