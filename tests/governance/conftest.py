"""What several judges need: a registry of images."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.governance.programs import SIGNING


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry on this machine: `127.0.0.1:<port>`."""
    log = tmp_path_factory.mktemp("registry") / "log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [SIGNING / "crane", "registry", "serve", "--address", "127.0.0.1:0"],
            stdout=out,
            stderr=out,
        )
        try:
            for _ in range(200):
                if listening := re.search(r"port (\d+)", log.read_text(encoding="utf-8")):
                    break
                assert server.poll() is None, log.read_text(encoding="utf-8")
                time.sleep(0.05)
            assert listening, log.read_text(encoding="utf-8")
            yield f"127.0.0.1:{listening[1]}"
        finally:
            server.terminate()
            server.wait(10)
