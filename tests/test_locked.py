"""What a lock does to the images of the specs."""

from __future__ import annotations

import json
import re
from pathlib import Path

from compiler import lock
from compiler.pipeline import read
from compiler.source import Source
from tests.estate import sources
from tests.registry import DIGEST

MINIMAL = Path(__file__).parent / "golden" / "minimal"
OTHER = "sha256:" + "0123456789abcdef" * 4
LOCK = "specs/lock.json"


def test_the_digest_in_a_spec_wins() -> None:
    files = sources([])
    name = "docker.io/library/redis:7.4-alpine"
    files[LOCK] = Source(LOCK, lock.dump({name: OTHER.replace("0", "f")}))
    reading = read(files.values())
    assert reading.graph is not None and not reading.diagnostics
    graph = reading.graph
    (platform,) = [node.spec for node in graph.resources.values() if node.id.kind == "Platform"]
    assert str(platform.contextStore.image) == f"{name}@{OTHER}"  # type: ignore[attr-defined]


def test_a_tag_that_yaml_reads_as_a_number_is_locked_too() -> None:
    text = (MINIMAL / "specs/agents/financial.yaml").read_text()
    lines = [line for line in text.splitlines() if "digest:" not in line]
    files = sources(["\n".join(lines).replace("tag: 1.0.0", "tag: 7.10")])
    files[LOCK] = Source(LOCK, lock.dump({"ghcr.io/example/financial:7.10": OTHER}))
    reading = read(files.values())
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    (financial,) = [node.spec for node in graph.resources.values() if node.id.name == "financial"]
    assert str(financial.image) == f"ghcr.io/example/financial:7.10@{OTHER}"  # type: ignore[attr-defined]


def test_a_digest_of_null_is_none() -> None:
    text = (MINIMAL / "specs/agents/financial.yaml").read_text()
    files = sources([re.sub("digest: .*", "digest: null", text)])
    files[LOCK] = Source(LOCK, lock.dump({"ghcr.io/example/financial:1.0.0": OTHER}))
    reading = read(files.values())
    assert reading.graph is not None, reading.diagnostics
    graph = reading.graph
    (financial,) = [node.spec for node in graph.resources.values() if node.id.name == "financial"]
    assert financial.image.digest == OTHER  # type: ignore[attr-defined]


def test_what_was_dumped_can_be_read() -> None:
    images = {"b/b:1": DIGEST, "a/a:2": OTHER}
    text = lock.dump(images)
    assert lock.read(Source(LOCK, text)) == (images, ())
    assert list(json.loads(text)["images"]) == ["a/a:2", "b/b:1"]
