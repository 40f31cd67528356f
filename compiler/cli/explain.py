"""`roster explain`: the page of a diagnostic, or the spec lines behind a generated file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from compiler.cli import inputs, memory
from compiler.cli.failure import fail
from compiler.cli.session import attested, compiled, root_option, today_option
from compiler.diagnostic import Rule, did_you_mean

if TYPE_CHECKING:
    from compiler.file import File, Origin

_PAGES = Path(__file__).parents[2] / "tests" / "check"
_OVERLAY = re.compile(r"^# (changes|copies) ", re.MULTILINE)
_OVERLAYS = """
How to read the examples: they add to one small estate, tests/prelude.yaml. A block that starts with
`# changes Kind/name` or `# copies Kind/name` shows only the fields that differ from its resource of
that name; lists are replaced as a whole, and `null` removes a field. Line numbers are those of the
resulting file.
"""


@click.command()
@click.argument("what", metavar="CODE | FILE[:FIELD]")
@root_option
@today_option
def command(what: str, root: Path, today: date) -> None:
    """Explain a diagnostic's CODE, or say which spec lines a generated FILE came from.

    FIELD is dotted, such as `spec.template.spec.containers.0.image`.
    """
    if "/" in what or what.endswith((".yaml", ".json", ".cjs")):
        _explain_file(what, root, today)
    else:
        _explain_code(what)


def _explain_code(code: str) -> None:
    from compiler.cli.rules import all_rules

    rules = all_rules()
    if code not in rules:
        near = did_you_mean(code, rules)
        fail(f"there is no diagnostic `{code}`{'; ' + near if near else ''}")
    click.echo(_page(rules[code]), nl=False)


def _page(rule: Rule) -> str:
    """The page among the tests; in an installed package, which has none, the rule's summary."""
    page = _PAGES / f"{rule.code}.md"
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        return text + _OVERLAYS * bool(_OVERLAY.search(text))
    return f"# `{rule.code}`\n\n{rule.severity}: {rule.summary}\n"


def _explain_file(what: str, root: Path, today: date) -> None:
    read = inputs.read(root)
    generated = attested(compiled(read, today, memo=memory.Charts(root)).files, read)
    files = {file.path: file for file in generated}
    path, _, field = what.partition(":")
    name = _below(path, root)
    if name not in files:
        near = did_you_mean(name, files)
        fail(f"no emitter makes `{path}`{'; ' + near if near else ''}")
    file = files[name]
    if field and file.object is not None and not _has(file.object, _split(field)):
        fail(f"`{path}` has no field `{field}`")
    click.echo(f"{name}{f', field {field}' if field else ''} comes from")
    for origin in _origins(file, field):
        span = origin.span
        line = read.sources[span.path].text.splitlines()[span.start.line - 1].strip()
        click.echo(f"  {span}  {line}")


def _below(path: str, root: Path) -> str:
    """The path of a file below generated/, from any form in which a user may write it."""
    for base in (root / "generated", Path("generated")):
        try:
            return Path(path).absolute().relative_to(base.absolute()).as_posix()
        except ValueError:
            continue
    return path


def _split(field: str) -> list[str]:
    return [part.replace("\\.", ".") for part in re.split(r"(?<!\\)\.", field)] if field else []


def _has(value: Any, parts: Iterable[str]) -> bool:
    for part in parts:
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            return False
    return True


def _origins(file: File, field: str) -> list[Origin]:
    """All origins; with a field, those of the nearest field around it and of all fields below."""
    asked = _split(field)
    if not asked:
        return list(file.origins)
    around = [o for o in file.origins if asked[: len(_split(o.field))] == _split(o.field)]
    nearest = max((len(_split(origin.field)) for origin in around), default=0)
    below = [o for o in file.origins if len(_split(o.field)) > len(asked)]
    below = [o for o in below if _split(o.field)[: len(asked)] == asked]
    return [o for o in around if len(_split(o.field)) == nearest] + below
