"""A redis-server from Debian's packages, with the context store's settings and users."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.accept.programs import ROOT, Objects, environment, program, settings

_VALUE = re.compile(r'\{\{ index \. "([^"]+)"(?: \| (\w+))? \}\}')


class Refused(Exception):  # noqa: N818 - an answer of Redis
    """Redis refused a command."""


class Client:
    """A connection to Redis that speaks its protocol (RESP 2), as one user."""

    def __init__(self, port: int, user: str = "", password: str = "") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.file = self.socket.makefile("rb")
        if user:
            self("AUTH", user, password)

    def __call__(self, *words: str) -> Any:
        parts = [f"${len(word.encode())}\r\n{word}\r\n" for word in words]
        self.socket.sendall(f"*{len(words)}\r\n{''.join(parts)}".encode())
        return self.answer()

    def answer(self) -> Any:
        line = self.file.readline()[:-2].decode()
        kind, rest = line[:1], line[1:]
        if kind == "-":
            raise Refused(rest)
        if kind == "*":
            return [self.answer() for _ in range(int(rest))]
        if kind == "$":
            return None if rest == "-1" else self.file.read(int(rest) + 2)[:-2].decode()
        return rest

    def may(self, *words: str) -> bool:
        """Whether a command is allowed; any refusal but a missing permission fails the test."""
        try:
            self(*words)
        except Refused as refused:
            assert str(refused).startswith("NOPERM"), (words, refused)
            return False
        return True


class Store:
    """The context store's files, with a password for each user, and servers that run on them."""

    def __init__(self, objects: Objects, folder: Path) -> None:
        self.folder, self.port = folder, _free()
        (folder / "config").mkdir()
        (folder / "users").mkdir()
        for name, text in settings(objects, "context-store").items():
            (folder / "config" / name).write_text(self._moved(text))
        target = objects["ExternalSecret", "context-store"]["spec"]["target"]
        self.templates: Mapping[str, str] = target["template"]["data"]
        self.write()

    def write(self, suffix: str = "") -> None:
        """Write the files that External Secrets makes from the templates."""
        for name, text in self.templates.items():
            (self.folder / "users" / name).write_text(
                _VALUE.sub(lambda match: _filled(match, suffix), text)
            )

    @contextmanager
    def server(self, number: int) -> Iterator[int]:
        """The pod of a number; the first listens at the port that the others expect."""
        port = self.port if number == 0 else _free()
        data = self.folder / f"data-{number}"
        data.mkdir()
        text = (self.folder / "config" / "redis.conf").read_text()
        assert "dir /data\n" in text
        config = self.folder / f"redis-{number}.conf"
        config.write_text(text.replace("dir /data\n", f"dir {data}\n"))
        place = ("--port", str(port), "--bind", "127.0.0.1")
        role = str(self.folder / "config" / f"role-{number}.conf")
        command = [program("redis-server"), str(config)]
        log = (self.folder / f"log-{number}").open("wb")
        with (
            log,
            subprocess.Popen(
                [*command, "--include", role, *place], stdout=log, stderr=log, env=environment()
            ) as process,
        ):
            try:
                _until(lambda: Client(port, "probe", "-")("PING") == "PONG")
                yield port
            finally:
                process.kill()

    def _moved(self, text: str) -> str:
        text = text.replace("/etc/redis/users", str(self.folder / "users"))
        text = text.replace("/etc/redis/config", str(self.folder / "config"))
        host = r"context-store-0\.context-store-replicas\.\S+ 6379"
        return re.sub(host, f"127.0.0.1 {self.port}", text)


def secret(name: str, suffix: str = "") -> str:
    """The password of a user, with characters that need quoting in a file."""
    return f'of {name} "\\#{suffix}'


def _filled(match: re.Match[str], suffix: str) -> str:
    """A value as External Secrets writes it; `quote` quotes as Go does."""
    value = secret(match[1], suffix)
    ways = {"sha256sum": sha256(value.encode()).hexdigest(), "quote": json.dumps(value)}
    return ways.get(match[2], value)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until(true: Any, seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            if true():
                return
        except (OSError, Refused):
            pass
        assert time.monotonic() < end, "the condition never held"
        time.sleep(0.1)


@pytest.fixture
def store(objects: Objects, tmp_path: Path) -> Store:
    return Store(objects, tmp_path)


def specs(kind: str) -> dict[str, Any]:
    """The specs of one kind, read from their files."""
    specs = {}
    for pattern in ("specs/**/*.yaml", "projects/*/*.yaml"):
        for path in ROOT.glob(pattern):
            for document in yaml.safe_load_all(path.read_text(encoding="utf-8")):
                if document["kind"] == kind:
                    specs[document["metadata"]["name"]] = document["spec"]
    return specs


def wanted() -> dict[str, dict[str, str]]:
    """By user, the rights in each context space, read from the specs alone."""
    users: dict[str, dict[str, str]] = {}
    spaces = specs("ContextSpace")
    for project, spec in specs("Project").items():
        for member in spec["agents"] if "prod" in spec["clusters"] else ():
            name = member["agent"]
            for space, access in spaces.items():
                if access.get("project") in (None, project):
                    rights = "R" * (name in access.get("readers", ()))
                    rights += "W" * any(writer["agent"] == name for writer in access["writers"])
                    if rights:
                        users.setdefault(f"{project}.{name}", {})[space] = rights
    return users


def test_every_user_does_what_the_context_spaces_say(store: Store) -> None:
    users, asked = wanted(), 0
    assert len(users) >= 15
    with store.server(0) as port:
        for user, space in product(users, specs("ContextSpace")):
            client = Client(port, user, secret(user))
            rights = users[user].get(space, "")
            key = f"ctx:{space}:one"
            for right, command in (
                ("R", ("GET", key)),
                ("R", ("XLEN", f"ctx:{space}:stream")),
                ("R", ("TTL", key)),
                ("W", ("SET", key, "value", "EX", "60")),
                ("W", ("DEL", key)),
                ("W", ("XADD", f"ctx:{space}:stream", "*", "a", "b")),
            ):
                assert client.may(*command) is (right in rights), (user, command)
                asked += 1
    assert asked > 500


def test_only_the_engine_reads_and_writes_topics(store: Store) -> None:
    topics = specs("Platform")["platform"]["eventBus"]["topics"]
    with store.server(0) as port:
        engine = Client(port, "workflow-engine", secret("workflow-engine"))
        for topic in topics:
            assert engine.may("XADD", f"events:{topic}", "*", "a", "b")
            assert engine.may("XGROUP", "CREATE", f"events:{topic}", "engine", "0")
            group = ("XREADGROUP", "GROUP", "engine", "one", "STREAMS", f"events:{topic}", ">")
            assert engine.may(*group)
        assert not engine.may("XADD", "events:other", "*", "a", "b")
        assert not engine.may("GET", "ctx:task-state:one")
        for user in wanted():
            client = Client(port, user, secret(user))
            assert not client.may("XREAD", "STREAMS", f"events:{topics[0]}", "0"), user


WHOLE = (
    "KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "FLUSHALL", "FLUSHDB", "CONFIG GET dir", "ACL LIST",
    "ACL WHOAMI", "CLIENT LIST", "INFO", "SAVE", "SHUTDOWN NOSAVE", "MONITOR",
    "REPLICAOF no one", "SLAVEOF no one", "MODULE LIST", "SUBSCRIBE a", "PUBLISH a b", "SORT ctx:a",
    "SWAPDB 0 1", "CLUSTER INFO", "MIGRATE a 1 b 0 1", "FUNCTION LIST",
)  # fmt: skip


def test_no_user_has_a_command_for_the_whole_store(store: Store) -> None:
    with store.server(0) as port:
        for user in ("harvestflow.builder", "workflow-engine"):
            client = Client(port, user, secret(user))
            for command in WHOLE:
                assert not client.may(*command.split()), (user, command)
            assert not client.may("EVAL", "return 1", "0")
        assert Client(port, "harvestflow.builder", secret("harvestflow.builder")).may("MULTI")
        probe = Client(port, "probe", "-")
        assert probe("PING") == "PONG"
        assert not probe.may("GET", "ctx:task-state:one")
        for login in ((), ("harvestflow.builder", "wrong"), ("unknown", "wrong")):
            with pytest.raises(Refused, match=r"NOAUTH|WRONGPASS"):
                Client(port, *login)("PING")


def test_a_full_store_refuses_writes_and_keeps_what_it_has(store: Store) -> None:
    path = store.folder / "config" / "redis.conf"
    path.write_text(re.sub(r"maxmemory \d+", "maxmemory 3000000", path.read_text()))
    user = "harvestflow.builder"
    with store.server(0) as port:
        client = Client(port, user, secret(user))
        client("SET", "ctx:documents:first", "kept")
        with pytest.raises(Refused, match="OOM"):
            for number in range(1000):
                client("SET", f"ctx:documents:{number}", "x" * 100_000)
        assert client("GET", "ctx:documents:first") == "kept"


def test_copies_follow_the_first_and_take_no_writes(store: Store) -> None:
    user = "harvestflow.builder"
    with store.server(0) as first, store.server(1) as copy:
        Client(first, user, secret(user))("SET", "ctx:documents:one", "value")
        client = Client(copy, user, secret(user))
        _until(lambda: client("GET", "ctx:documents:one") == "value")
        with pytest.raises(Refused, match="READONLY"):
            client("SET", "ctx:documents:two", "value")


def test_new_passwords_are_loaded_twice(store: Store) -> None:
    """The sidecar loads new users into Redis, though its own password changes too."""
    script = store.folder / "config" / "reload.sh"
    temporary = store.folder / "tmp"
    temporary.mkdir()
    text = script.read_text().replace("sleep 15", "sleep 0.2").replace(" /tmp/", f" {temporary}/")
    script.write_text(text)
    user, shell = "harvestflow.builder", shutil.which("sh")
    assert shell
    variables = {
        **environment(),
        "PORT": str(store.port),
        "PATH": f"{Path(program('redis-cli')).parent}:{os.environ['PATH']}",
    }
    with store.server(0) as port, subprocess.Popen([shell, str(script)], env=variables) as reloader:
        try:
            _until((temporary / "users.acl").exists)
            for suffix in ("", " new", " newer"):
                store.write(suffix)
                _until(lambda: Client(port, user, secret(user, suffix)))  # noqa: B023
            with pytest.raises(Refused, match="WRONGPASS"):
                Client(port, user, secret(user))
        finally:
            reloader.terminate()
