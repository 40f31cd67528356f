"""A git repository as a platform team has it: specs, and what Roster generates from them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
INPUTS = ("specs", "projects", "policies")
BRANCH = "main"


@dataclass(frozen=True)
class Repository:
    """A work tree, and the bare repository that Argo CD reads."""

    tree: Path
    bare: Path

    @property
    def clusters(self) -> Path:
        """Where the objects of all clusters lie."""
        return self.tree / "generated" / "clusters"

    def generate(self) -> None:
        """Compile the specs."""
        command = [sys.executable, "-m", "compiler", "generate", "--root", str(self.tree)]
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stderr[-4000:] + done.stdout[-4000:]

    def commit(self, message: str) -> str:
        """Commit and push all files; returns the commit."""
        self._git("add", "--all", "--force", "generated", *INPUTS)
        self._git("commit", "--quiet", "--allow-empty", f"--message={message}")
        self._git("push", "--quiet", str(self.bare), f"HEAD:refs/heads/{BRANCH}")
        return self.head()

    def head(self) -> str:
        """The last commit."""
        return self._git("rev-parse", "HEAD").strip()

    def _git(self, *arguments: str) -> str:
        return git(self.tree, *arguments)


def create(folder: Path, url: str, cluster: str, server: str) -> Repository:
    """Copy this repository's specs, with the address of a cluster, and generate from them.

    `url` is the repository's address in the specs; the caller serves it there.
    """
    repository = Repository(folder / "tree", folder / "origin.git")
    repository.tree.mkdir()
    git(folder, "init", "--quiet", "--bare", f"--initial-branch={BRANCH}", str(repository.bare))
    git(repository.tree, "init", "--quiet", f"--initial-branch={BRANCH}")
    for name in INPUTS:
        shutil.copytree(ROOT / name, repository.tree / name)
    _replace(repository.tree / "specs/platform.yaml", r"(?m)^(    url: ).*$", url)
    _replace(repository.tree / f"specs/clusters/{cluster}.yaml", r"(?m)^(  server: ).*$", server)
    repository.generate()
    return repository


def _replace(path: Path, pattern: str, value: str) -> None:
    text, times = re.subn(pattern, lambda match: match[1] + value, path.read_text())
    assert times == 1, f"{path.name}: {pattern} matches {times} times"
    path.write_text(text)


def git(folder: Path, *arguments: str) -> str:
    """Run git without a user's or the machine's configuration."""
    clean = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    names = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "rig"), ("EMAIL", "rig@example.com"))
    }
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=os.environ | clean | names,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
