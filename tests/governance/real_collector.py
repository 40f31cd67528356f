"""The real collector on this machine: the emitted settings, with addresses that are here."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import yaml
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from tests.governance.shipped import ROOT

PROGRAM = ROOT / ".venv/collector/collector"
SECONDS = 60


def port() -> int:
    """A free port."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return int(server.getsockname()[1])


def until(holds: Callable[[], Any], what: str) -> Any:
    """The first true value, asked for again and again; AssertionError after a minute."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        if value := holds():
            return value
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {SECONDS} seconds")


class Collector:
    """Its settings in a folder; it runs within `with collector.running()`."""

    def __init__(self, folder: Path, emitted: Path, store: str, loki: str) -> None:
        self.folder, self.port, self.health = folder, port(), port()
        where = emitted / "clusters/prod/platform/otel-collector"
        config = yaml.safe_load((where / "configmap-otel-collector.yaml").read_text())
        settings = yaml.safe_load(config["data"]["collector.yaml"])
        settings["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] = f"127.0.0.1:{self.port}"
        settings["extensions"]["health_check"]["endpoint"] = f"127.0.0.1:{self.health}"
        settings["extensions"]["file_storage/audit"]["directory"] = str(folder / "queue")
        (reader,) = settings["service"]["telemetry"]["metrics"]["readers"]
        reader["pull"]["exporter"]["prometheus"] |= {"host": "127.0.0.1", "port": port()}
        settings["exporters"]["otlphttp/loki"]["endpoint"] = loki
        settings["exporters"]["otlphttp/prometheus"]["endpoint"] = loki
        for name in (n for n in settings["exporters"] if n.startswith("awss3/")):
            exporter = settings["exporters"][name]
            exporter["s3uploader"] |= {"endpoint": store, "s3_force_path_style": True}
            exporter["sending_queue"]["batch"]["flush_timeout"] = "100ms"
            exporter["retry_on_failure"]["initial_interval"] = "200ms"
        (folder / "collector.yaml").write_text(yaml.safe_dump(settings))
        secret = yaml.safe_load(
            (where / "externalsecret.external-secrets.io-otel-collector.yaml").read_text()
        )
        file = secret["spec"]["target"]["template"]["data"]["credentials"]
        file = file.replace("{{ .id }}", "some").replace("{{ .key }}", "thing")
        (folder / "credentials").write_text(file)

    @contextmanager
    def running(self, end: signal.Signals = signal.SIGTERM) -> Iterator[None]:
        """Until the block ends, by a signal."""
        assert PROGRAM.exists(), "make .venv/collector/.ready builds the collector"
        keep = {"PATH": os.environ["PATH"], "HOME": str(self.folder)}
        env = keep | {"AWS_SHARED_CREDENTIALS_FILE": str(self.folder / "credentials")}
        with (self.folder / "log").open("ab") as log:
            command = [PROGRAM, "--config", f"file:{self.folder / 'collector.yaml'}"]
            process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        try:
            until(lambda: self._healthy(process), "the collector is healthy")
            yield
        finally:
            process.send_signal(end)
            process.wait(timeout=SECONDS)

    def _healthy(self, process: subprocess.Popen[bytes]) -> bool:
        assert process.poll() is None, (self.folder / "log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.health}/") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def send(self, sender: str, body: str, **fields: Any) -> None:
        """One log record of `project/agent`, through OpenTelemetry's own SDK."""
        space, name = sender.split("/")
        attributes = {"service.namespace": space, "service.name": name}
        provider = LoggerProvider(resource=Resource(attributes))
        exporter = OTLPLogExporter(endpoint=f"http://127.0.0.1:{self.port}", insecure=True)
        provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
        record = LogRecord(body=body, severity_number=SeverityNumber.INFO, **fields)
        record.timestamp = record.observed_timestamp = time.time_ns()
        provider.get_logger("test").emit(record)
        provider.shutdown()
