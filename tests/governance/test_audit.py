"""The real collector puts events where the specs say, into buckets made by the emitted settings.

A store that understands S3 stands in for the account; Loki is only something that takes requests.
"""

from __future__ import annotations

import gzip
import json
import signal
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from tests.governance.real_collector import Collector, port, until
from tests.governance.shipped import ROOT, emitted

YEAR, HALF = "agent-ecosystem-audit-365d", "agent-ecosystem-audit-180d"
RECORDS = {
    f"{path.relative_to(ROOT)}": {"retentionDays: 365": "retentionDays: 30"}
    for path in sorted(ROOT.glob("projects/*/ai-system.yaml"))
    if "retentionDays: 365" in path.read_text(encoding="utf-8")
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records demand less than the tiers, so that two lengths of time are left."""
    return emitted(tmp_path_factory.mktemp("audit"), RECORDS)


class Store:
    """A store on one port, which can go away and come back with all that it had."""

    def __init__(self) -> None:
        self.port = port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()
        reset = urllib.request.Request(f"{self.url}/moto-api/reset", method="POST")
        with urllib.request.urlopen(reset):
            """Remove what another test left."""
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="eu-central-1",
            aws_access_key_id="some",
            aws_secret_access_key="thing",
        )

    def stop(self) -> None:
        self._server.stop()

    def start(self) -> None:
        self._server = ThreadedMotoServer("127.0.0.1", self.port, verbose=False)
        self._server.start()

    def keys(self, bucket: str) -> list[str]:
        listed = self.client.list_objects_v2(Bucket=bucket).get("Contents", [])
        return [entry["Key"] for entry in listed]

    def records(self, bucket: str) -> list[dict[str, Any]]:
        """Every log record in a bucket."""
        records: list[dict[str, Any]] = []
        for key in self.keys(bucket):
            body = self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
            data = json.loads(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
            for resource in data["resourceLogs"]:
                for scope in resource["scopeLogs"]:
                    records += scope["logRecords"]
        return records

    def bodies(self, bucket: str) -> set[str]:
        return {record["body"]["stringValue"] for record in self.records(bucket)}


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    """A store with the buckets that the emitted files describe."""
    built, audit = Store(), folder / "compliance/audit"
    for bucket in (YEAR, HALF):
        settings = {
            what: json.loads((audit / f"{bucket}.{what}.json").read_text())
            for what in ("bucket", "object-lock", "lifecycle")
        }
        built.client.create_bucket(**settings["bucket"])
        built.client.put_object_lock_configuration(**settings["object-lock"])
        built.client.put_bucket_lifecycle_configuration(**settings["lifecycle"])
    yield built
    built.stop()


@pytest.fixture
def loki() -> Iterator[tuple[str, list[bytes]]]:
    """Where logs go as well, and what came there."""
    seen: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


@pytest.fixture
def collector(
    tmp_path: Path, folder: Path, store: Store, loki: tuple[str, list[bytes]]
) -> Collector:
    return Collector(tmp_path, folder, store.url, loki[0])


def test_each_event_goes_into_one_bucket(
    collector: Collector, store: Store, loki: tuple[str, list[bytes]]
) -> None:
    with collector.running():
        collector.send("flashfusion/financial", "high", attributes={"event.name": "decision"})
        collector.send("flashfusion/data-pipeline", "medium", event_name="tool-call")
        collector.send("flashfusion/no-agent", "unknown", attributes={"event.name": "stop"})
        collector.send("flashfusion/financial", "other", attributes={"event.name": "heartbeat"})
        collector.send("flashfusion/financial", "plain")
        until(lambda: store.bodies(YEAR) >= {"high", "unknown"}, "two events in the long bucket")
        until(lambda: store.bodies(HALF) >= {"medium"}, "one event in the other")
        every = (b"high", b"medium", b"unknown", b"other", b"plain")
        until(lambda: all(word in b"".join(loki[1]) for word in every), "all logs at Loki")
    assert store.bodies(YEAR) == {"high", "unknown"}
    assert store.bodies(HALF) == {"medium"}
    assert all(key.startswith("prod/") for key in store.keys(YEAR))


def test_secrets_do_not_arrive(collector: Collector, store: Store) -> None:
    token, password = "ghp_" + "a1B2" * 9, "hunter2hunter2"
    attributes = {
        "event.name": "tool-call",
        "authorization": f"Bearer {token}",
        "arguments": {"query": f"postgres://app:{password}@db/x", "page": 3},
        "note": f"password={password}",
        "tool": "execute_sql",
    }
    with collector.running():
        collector.send("flashfusion/financial", f"it said {token} to me", attributes=attributes)
        (record,) = until(lambda: store.records(YEAR), "the event")
    text = json.dumps(record)
    assert token not in text
    assert password not in text
    assert "it said **** to me" in text
    assert "execute_sql" in text


def test_nothing_is_lost_while_the_store_is_away(collector: Collector, store: Store) -> None:
    store.stop()
    with collector.running(end=signal.SIGKILL):
        collector.send("flashfusion/financial", "kept", attributes={"event.name": "decision"})
    store.start()
    assert store.bodies(YEAR) == set()
    with collector.running():
        until(lambda: store.bodies(YEAR) == {"kept"}, "the event, after both came back")


def test_buckets_are_locked_and_emptied(collector: Collector, store: Store) -> None:
    for bucket, days in ((YEAR, 365), (HALF, 180)):
        lock = store.client.get_object_lock_configuration(Bucket=bucket)
        rule = lock["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
        assert (rule["Mode"], rule["Days"]) == ("COMPLIANCE", days)
        rules = store.client.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
        assert {rule.get("Expiration", {}).get("Days") for rule in rules} == {days, None}
    with collector.running():
        collector.send("flashfusion/financial", "kept", attributes={"event.name": "decision"})
        (key,) = until(lambda: store.keys(YEAR), "the event")
    head = store.client.head_object(Bucket=YEAR, Key=key)
    assert head["ObjectLockMode"] == "COMPLIANCE"
    assert (head["ObjectLockRetainUntilDate"] - head["LastModified"]).days >= 364
    with pytest.raises(ClientError, match="AccessDenied"):
        store.client.delete_object(Bucket=YEAR, Key=key, VersionId=head["VersionId"])
