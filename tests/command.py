"""`roster` as a process, forked from a server that has imported the compiler already.

To start Python and import the compiler takes five times longer than to compile a small estate. The
server has run nothing, so each process begins as `python -m compiler` does after its imports.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pkgutil
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from subprocess import CompletedProcess
from tempfile import TemporaryDirectory

import compiler

HANGS = 300  # seconds; any command ends sooner, however busy the machine is
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH = 1, 2  # of Linux
CAPABILITY_VERSION = 0x20080522
ONLY_CHILDREN = ("compiler.chart.components", "compiler.chart.construct", "compiler.chart.run")

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        "compiler.__main__",
        *(
            module.name
            for module in pkgutil.walk_packages(compiler.__path__, "compiler.")
            if not module.name.startswith(ONLY_CHILDREN)
        ),
        "jsonschema_rs",
        "kubernetes_validate",
    ]
)


class Command:
    """A run of `roster`, and the files that its streams go to."""

    def __init__(self, process: ForkServerProcess, streams: Path) -> None:
        self.process, self.streams = process, streams

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.is_alive()

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()

    def wait(self) -> CompletedProcess[str]:
        """Its exit code and what it printed; it ends by itself."""
        self.process.join(HANGS)
        assert not self.running, "roster hangs"
        out, err = (
            (self.streams / name).read_text("utf-8", "backslashreplace") for name in ("out", "err")
        )
        assert "Traceback" not in out + err, out + err
        assert self.process.exitcode is not None
        return CompletedProcess((), self.process.exitcode, out, err)


@contextmanager
def started(
    *arguments: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    memory: int = resource.RLIM_INFINITY,
) -> Iterator[Command]:
    """Start `roster` without root's right to ignore permissions; the end of the block ends it.

    Args:
        arguments: The command line after `roster`.
        cwd: The working directory, if not this process's.
        environment: All variables, if not this process's.
        memory: The most bytes of address space that it may have.
    """
    with TemporaryDirectory() as folder:
        process = SERVER.Process(
            target=_main,
            args=(
                arguments,
                folder,
                str(cwd or Path.cwd()),
                dict(os.environ if environment is None else environment),
                memory,
            ),
        )
        process.start()
        try:
            yield Command(process, Path(folder))
        finally:
            process.kill()
            process.join()


def run(
    *arguments: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> CompletedProcess[str]:
    """Run `roster` to its end."""
    with started(*arguments, cwd=cwd, environment=environment) as command:
        return command.wait()


def _main(
    arguments: tuple[str, ...],
    streams: str,
    cwd: str,
    environment: Mapping[str, str],
    memory: int,
) -> None:
    """In the forked process: become `roster`."""
    for number, name in ((1, "out"), (2, "err")):
        file = os.open(f"{streams}/{name}", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(file, number)
        os.close(file)
    _respect_permissions()
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(cwd)
    sys.argv = ["roster", *arguments]
    from compiler.__main__ import main

    main()


def _respect_permissions() -> None:
    """Root loses the right to read and write files against their permissions."""
    if os.geteuid() != 0:
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    sets = (ctypes.c_uint32 * 6)()  # twice: effective, permitted, inheritable
    assert libc.capget(header, sets) == 0, os.strerror(ctypes.get_errno())
    for number in range(3):
        sets[number] &= ~(1 << CAP_DAC_OVERRIDE | 1 << CAP_DAC_READ_SEARCH)
    assert libc.capset(header, sets) == 0, os.strerror(ctypes.get_errno())
