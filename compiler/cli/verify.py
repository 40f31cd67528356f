"""`roster verify`: compare what the generated files permit with the specs, layer by layer."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from compiler.cli import inputs
from compiler.cli.failure import fail
from compiler.cli.session import root_option, show, summary
from compiler.diagnostic import has_errors, visible

if TYPE_CHECKING:
    from compiler.parse import Document
    from compiler.verify import Call, Report

ENGINES = {"cedarpy": "cedarpy", "cel": "common-expression-language"}
"""Modules that evaluate a layer's own language, and the packages that contain them."""


@click.command()
@root_option
@click.argument("dir", type=click.Path(path_type=Path), required=False)
@click.option("--format", type=click.Choice(("text", "json")), default="text")
def command(root: Path, dir: Path | None, format: str) -> None:
    """Read the files in DIR (default: generated/), and say what each layer permits."""
    from compiler.verify import Malformed, verify

    folder = dir or root / "generated"
    if not folder.is_dir():
        fail(f"`{folder}` is not a folder")
    try:
        reports = verify(dict(_files(folder)), _documents(root))
    except Malformed as wrong:
        click.echo(f"roster: {visible(str(wrong))}; see `roster check`", err=True)
        raise SystemExit(1) from None
    except ModuleNotFoundError as missing:
        package = ENGINES.get(missing.name or "", missing.name)
        fail(f"a layer needs a package that is not installed: python -m pip install {package}")
    click.echo(_json(reports) if format == "json" else "\n".join(_text(reports)))
    if any(report.failed for report in reports):
        raise SystemExit(1)


def _documents(root: Path) -> list[Document]:
    """The documents of the specs; on errors print them and exit with code 1."""
    from compiler.parse import parse

    read = inputs.read(root)
    parsed = [parse(source) for source in read.sources.values()]
    diagnostics = (*read.diagnostics, *(mistake for _, wrong in parsed for mistake in wrong))
    if has_errors(diagnostics):
        click.echo(summary(*show(diagnostics, read.sources)), err=True)
        raise SystemExit(1)
    return [document for documents, _ in parsed for document in documents]


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file below a folder, by its path; a symlink is refused, as readers differ about it."""
    for home, below, names in os.walk(folder):
        below.sort()
        for path in (Path(home) / name for name in (*below, *sorted(names))):
            if path.is_symlink():
                fail(f"`{path}` is a symlink")
            if path.is_file():
                text = path.read_bytes().decode("utf-8", "replace")
                yield path.relative_to(folder).as_posix(), text


def _text(reports: Iterable[Report]) -> Iterator[str]:
    """A line for each layer in use, and one for each difference."""
    failed = 0
    for report in reports:
        failed += report.failed
        if not report.failed and not report.permits:
            continue
        yield f"{report.name}: {_counts(report)}"
        yield from (f"  excess   {_line(call)}" for call in report.excess)
        yield from (f"  missing  {_line(call)}" for call in report.missing)
        yield from (f"  fault    {visible(fault)}" for fault in report.faults)
        for reason, count in sorted(Counter(why for why, _ in report.inexpressible).items()):
            yield f"  {count} not expressible: {reason}"
    yield (
        f"{failed} layer{'s differ' if failed > 1 else ' differs'} from the specs"
        if failed
        else "all layers say what the specs say"
    )


def _counts(report: Report) -> str:
    if not report.failed:
        return f"{report.permits} permitted, as specified"
    parts = (
        (len(report.missing), "missing"),
        (len(report.excess), "excess"),
        (len(report.faults), "faults" if report.faults[1:] else "fault"),
    )
    return ", ".join(f"{count} {word}" for count, word in parts if count)


def _line(call: Call) -> str:
    """`prod  harvestflow/devops -> stripe/create_refund (harvestflow-mcp-servers)`."""
    who = "/".join(filter(None, (call.project, call.agent)))
    what = "/".join(filter(None, (call.server, call.tool)))
    line = f"{call.cluster}  {who}" if call.cluster else who
    line += f" -> {what}" if what else ""
    line += f" ({call.namespace})" if call.namespace else ""
    return visible(line + (", asking a human" if call.approval == "human" else ""))


def _json(reports: Iterable[Report]) -> str:
    layers = {
        report.name: {
            "permits": report.permits,
            "missing": [call._asdict() for call in report.missing],
            "excess": [call._asdict() for call in report.excess],
            "inexpressible": [
                {**call._asdict(), "reason": reason} for reason, call in report.inexpressible
            ],
            "faults": list(report.faults),
        }
        for report in reports
    }
    return json.dumps({"version": 1, "layers": layers}, indent=2)
