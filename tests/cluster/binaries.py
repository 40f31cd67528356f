"""The programs of the rig: built from Go modules, or taken out of Debian packages, into `.venv/`.

`python -m tests.cluster.binaries` makes those that are absent or older than what they come from; a
tool that is not there is named, with exit code 2. Nothing is installed on the machine.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".venv" / "cluster"
_VERSION = "k8s.io/component-base/version.git"
KUBERNETES = "1.36.1"


class Module(NamedTuple):
    """A folder here with a Go module, the package in it to build, and what to link in."""

    package: str
    flags: str = ""


class Packages(NamedTuple):
    """A program in the first of some Debian packages; the others hold its libraries."""

    path: str
    suite: str  # "" for the machine's own
    names: tuple[str, ...]


MODULES = {
    "kube": Module(
        ".",
        f"-X {_VERSION}Version=v{KUBERNETES} -X {_VERSION}Major=1 -X {_VERSION}Minor=36",
    ),
    "kwok": Module("sigs.k8s.io/kwok/cmd/kwok"),
    "argocd": Module("."),
}
DEBIAN = {
    # A control plane of Kubernetes 1.36 needs etcd 3.5; Debian 12 has 3.4.
    "etcd": Packages("usr/bin/etcd", "trixie", ("etcd-server",)),
    "redis-server": Packages(
        "usr/bin/redis-server",
        "",
        ("redis-server", "redis-tools", "libjemalloc2", "liblzf1", "libatomic1"),
    ),
}
TOOLS = {
    "go": "Go 1.26 or newer, to build Kubernetes, kwok and Argo CD",
    "apt-get": "Debian's apt-get, to fetch etcd and Redis",
    "dpkg-deb": "Debian's dpkg-deb, to unpack etcd and Redis",
}
RUNNING = {
    "openssl": "openssl, to make a certificate for the API server",
    "setpriv": "setpriv of util-linux, so that nothing outlives the tests",
    "git": "git, to serve a repository to Argo CD",
}


class MissingError(Exception):
    """What the rig needs and does not find, in words for the user."""


def missing_tools(tools: dict[str, str]) -> list[str]:
    """What to install."""
    return [need for tool, need in tools.items() if shutil.which(tool) is None]


def program(name: str) -> Path:
    """Where a program of the rig is; MissingError if it was not made."""
    path = FOLDER / name
    if not path.exists():
        raise MissingError(f"{name} is not there: run `make accept-cluster`, which makes it")
    return path


def make() -> None:
    """Build and fetch the programs that are absent or out of date."""
    stale = [name for name in (*MODULES, *DEBIAN) if not _fresh(name)]
    if not stale:
        return
    if needs := missing_tools(TOOLS):
        raise MissingError("\n".join(f"make accept-cluster needs {need}" for need in needs))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        print(f"making {name}", file=sys.stderr, flush=True)
        _build(name) if name in MODULES else _fetch(name)
        _stamp(name).write_text(_digest(name))


def _stamp(name: str) -> Path:
    return FOLDER / f".{name}"


def _fresh(name: str) -> bool:
    exists = _stamp(name).exists() and (FOLDER / name).exists()
    return exists and _stamp(name).read_text() == _digest(name)


def _digest(name: str) -> str:
    """A digest of all that a program is made from."""
    digest = hashlib.sha256(repr(MODULES.get(name) or DEBIAN[name]).encode())
    for path in sorted((HERE / name).glob("*")) if name in MODULES else ():
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _build(name: str) -> None:
    """Build a Go program from the modules that its go.sum names."""
    module = MODULES[name]
    flags = ["-mod=readonly", "-trimpath", "-ldflags", f"-s -w {module.flags}"]
    _run(
        ["go", "build", *flags, "-o", str(FOLDER / name), module.package],
        cwd=HERE / name,
        env=os.environ | {"CGO_ENABLED": "0"},
    )


def _fetch(name: str) -> None:
    """A program out of Debian packages: a script that starts it with the libraries beside it."""
    wanted = DEBIAN[name]
    root = FOLDER / "debian" / name
    shutil.rmtree(root, ignore_errors=True)
    archives = root / "archives"
    archives.mkdir(parents=True)
    options = [*_suite(root, wanted.suite)] if wanted.suite else []
    _run(["apt-get", "-qq", *options, "download", *wanted.names], cwd=archives)
    for archive in sorted(archives.glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(archive), str(root)])
    libraries = ":".join(sorted(str(path) for path in root.glob("usr/lib/*-linux-gnu")))
    start = f'LD_LIBRARY_PATH="{libraries}" exec "{root / wanted.path}" "$@"\n'
    (FOLDER / name).write_text(f"#!/bin/sh\n{start}")
    (FOLDER / name).chmod(0o755)


def _suite(root: Path, suite: str) -> Iterator[str]:
    """apt's options for another suite of the machine's own mirror, in a folder of its own."""
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text().splitlines() if line
    )
    own = release.get("VERSION_CODENAME", "").strip('"')
    listed = _run(["apt-get", "indextargets", "--format", "$(RELEASE) $(REPO_URI)"])
    mirrors = sorted(line.split()[1] for line in set(listed.splitlines()) if line.split()[0] == own)
    if not own or not mirrors:
        raise MissingError(f"apt names no mirror of Debian's release `{own}`, to take {suite} from")
    for folder in ("lists/partial", "cache/archives/partial"):
        (root / folder).mkdir(parents=True)
    sources = root / "sources.list"
    keys = "/usr/share/keyrings/debian-archive-keyring.gpg"
    sources.write_text(f"deb [signed-by={keys}] {mirrors[0]} {suite} main\n")
    settings = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State::Lists": root / "lists",
        "Dir::Cache": root / "cache",
        "APT::Sandbox::User": "root",
    }
    options = [f"--option={key}={value}" for key, value in settings.items()]
    _run(["apt-get", "-qq", *options, "update"])
    yield from options


def _run(command: list[str], **settings: object) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, **settings)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise MissingError(f"`{' '.join(command[:3])} ...` failed:\n{done.stderr.strip()[-2000:]}")
    return str(done.stdout)


if __name__ == "__main__":
    try:
        if not os.environ.get("ROSTER_KUBECONFIG"):  # with it, the tests use a cluster that exists
            make()
    except MissingError as problem:
        print(problem, file=sys.stderr)
        sys.exit(2)
