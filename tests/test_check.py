"""
Every page in tests/check/ is documentation of one diagnostic, and a suite of tests.

A `##` section is one test. Its ```yaml, ```json, ```python and ```jinja blocks are its files, and
so are the blocks above the first section, and the resources of tests/prelude.yaml; a resource that
a block defines replaces one that comes later in this list. A block may show only how a resource
differs from one of the prelude (tests/overlay.py). A comment `# error: [code]` (or `# warning:
[code]`) expects a diagnostic that starts on its line; any other diagnostic fails the test. A
```text block is what the user sees. A line `today: 2027-01-01` sets the day. Below `a project of
high risk`, the files are those of tests/golden/high-risk, changed by ```diff blocks
(tests/high_risk.py).

`make golden` rewrites the text blocks; the run fails, so that the diff is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from compiler import render
from compiler.chart.process import Answer
from compiler.pipeline import compile
from compiler.source import Source
from tests.estate import TODAY, identities, sources
from tests.high_risk import patched
from tests.overlay import expanded

PAGES = Path(__file__).parent / "check"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECT = re.compile(r"# (error|warning): \[([a-z0-9-]+)\]")
SECTION = re.compile(r"^(?=## )", re.MULTILINE)
DAY = re.compile(r"^today: (\S+)$", re.MULTILINE)


class Charts:
    """Charts that an earlier section built: starting Node for one takes seconds."""

    def __init__(self) -> None:
        self.built: dict[str, Answer] = {}

    def recall(self, digest: str) -> Answer | None:
        return self.built.get(digest)

    def remember(self, digest: str, answer: Answer) -> None:
        self.built[digest] = answer


CHARTS = Charts()


def sections() -> Iterator[object]:
    for page in sorted(PAGES.glob("*.md")):
        preface, *rest = SECTION.split(page.read_text(encoding="utf-8"))
        for section in rest:
            title = section.splitlines()[0].removeprefix("## ")
            yield pytest.param(page, preface, section, id=f"{page.stem}: {title}")


def bodies(text: str, *languages: str) -> list[str]:
    """The blocks of a part of a page in some languages."""
    return [body for language, body in BLOCK.findall(text) if language in languages]


def files(preface: str, section: str) -> dict[str, Source]:
    """All inputs of a test."""
    if "\na project of high risk\n" in section:
        return patched(bodies(section, "diff"))
    blocks = [expanded(block) for block in bodies(section, "yaml", "json", "python", "jinja")]
    defined = set().union(*map(identities, blocks))
    shared = map(expanded, bodies(preface, "yaml"))
    return sources([*blocks, *(block for block in shared if not identities(block) & defined)])


def refresh(page: Path, section: str, old: str, new: str) -> None:
    text = page.read_text(encoding="utf-8")
    changed = section.replace(f"```text\n{old}```", f"```text\n{new}```")
    page.write_text(text.replace(section, changed), encoding="utf-8")


@pytest.mark.parametrize(("page", "preface", "section"), list(sections()))
def test_section(page: Path, preface: str, section: str, request: pytest.FixtureRequest) -> None:
    inputs = files(preface, section)
    day = date.fromisoformat(match[1]) if (match := DAY.search(section)) else TODAY
    diagnostics = compile(inputs.values(), today=day, memo=CHARTS).diagnostics

    assert {(d.span.path, d.span.start.line, str(d.severity), d.code) for d in diagnostics} == {
        (source.path, number, severity, code)
        for source in inputs.values()
        for number, line in enumerate(source.text.split("\n"), start=1)
        for severity, code in EXPECT.findall(line)
    }
    for text in bodies(section, "text"):
        shown = render.text(diagnostics, inputs).rstrip("\n") + "\n"
        if text != shown and request.config.getoption("update_snapshots"):
            refresh(page, section, text, shown)
        assert text == shown
