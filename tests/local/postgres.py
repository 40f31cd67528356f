"""PostgreSQL for tests, in a folder of its own, reached by its socket, and by a port if asked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGINT
from typing import Any

UNPRIVILEGED = 65534  # the user `nobody`
ROOT = Path(__file__).parents[2]


@dataclass
class Postgres:
    """A running server."""

    binaries: Path
    folder: Path
    port: int
    databases: int = 0

    @property
    def place(self) -> tuple[str, ...]:
        """Options for PostgreSQL's own programs: its socket, which is named after the port."""
        return "-h", str(self.folder), "-p", str(self.port)

    def fresh(self, *settings: str) -> Database:
        """A new database."""
        self.databases += 1
        name = f"d{self.databases}"
        Database(self, "postgres")(f"CREATE DATABASE {name}")
        for setting in settings:
            Database(self, "postgres")(f"ALTER DATABASE {name} SET {setting}")
        return Database(self, name)


@dataclass
class Database:
    server: Postgres
    name: str

    def start(self, sql: str) -> subprocess.Popen[str]:
        """Begin to run SQL with psql, as one loads a file."""
        psql = [str(self.server.binaries / "psql"), "-XqAt", "-v", "ON_ERROR_STOP=1"]
        process = subprocess.Popen(
            [*psql, *self.server.place, "-U", "postgres", "-d", self.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            encoding="utf-8", env={**os.environ, "PGCLIENTENCODING": "LATIN1"},
        )  # fmt: skip
        assert process.stdin
        process.stdin.write(sql)
        process.stdin.close()
        process.stdin = None
        return process

    def __call__(self, sql: str) -> str:
        """Run SQL, which must succeed without any warning."""
        process = self.start(sql)
        out, wrong = process.communicate(timeout=60)
        assert (process.returncode, wrong) == (0, ""), wrong
        return out.strip()

    def json(self, query: str) -> Any:
        """The rows of a query. The client's encoding is LATIN1, so all is asked for in ASCII."""
        rows = self(f"SET client_encoding = 'UTF8'; SELECT json_agg(r) FROM ({query}) r")
        return json.loads(rows)

    def state(self) -> str:
        """A digest of every row with the transaction that wrote it."""
        rows = [
            self(f"SELECT md5(string_agg(t.xmin || t::text, '|' ORDER BY {key})) FROM {table} t")
            for table, key in (("agents", "id"), ("mcp_servers", "name"))
        ]
        return " ".join(rows)


@contextmanager
def running(binaries: Path, host: str = "", port: int = 5432) -> Iterator[Postgres]:
    """A new server; root runs it as another user, as PostgreSQL refuses root.

    With an address `host` it also listens there, for any user and without a password.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = UNPRIVILEGED if os.getuid() == 0 else None
    if user is not None:
        os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        if binaries.is_relative_to(ROOT):  # another user may not look into a checkout
            package = binaries.parents[1]
            shutil.copytree(package, folder / package.name)
            for libraries in package.parent.glob(f"{package.name}.libs"):
                shutil.copytree(libraries, folder / libraries.name)
            binaries = folder / package.name / binaries.relative_to(package)
    data = folder / "data"
    begin = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8", "--no-sync"]
    subprocess.run(
        [*begin, "-A", "trust"], check=True, capture_output=True, cwd=folder, user=user, group=user
    )
    with (folder / "log").open("w") as log:
        command = [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-F"]
        command += ["-h", host, "-p", str(port)]
        process = subprocess.Popen(
            command, stdout=log, stderr=log, cwd=folder, user=user, group=user
        )
        server = Postgres(binaries, folder, port)
        try:
            ready = [binaries / "pg_isready", "-q", *server.place]
            until = time.monotonic() + 30
            while subprocess.run(ready, check=False).returncode and time.monotonic() < until:
                time.sleep(0.1)
            yield server
        finally:
            process.send_signal(SIGINT)
            process.wait(30)
            shutil.rmtree(folder)
