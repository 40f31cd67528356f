"""
Every page in tests/check/ is documentation, and a suite of tests.

A `##` section is one test, and its ```yaml, ```json, ```python and ```jinja blocks are its
files; the documents of tests/prelude.yaml are there too, unless a block defines them itself. A
comment `# error: [code]` (or `# warning: [code]`) says that this line starts a diagnostic; a line
without one says that it does not. A ```text block is what the user sees. A line
`today: 2027-01-01` below the heading sets the day; `no prelude` leaves the prelude out. Below
`a project of high risk`, the files are those of tests/golden/high-risk, changed by ```diff blocks
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
from compiler.pipeline import compile
from tests.estate import TODAY, sources
from tests.high_risk import patched

PAGES = Path(__file__).parent / "check"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECT = re.compile(r"# (error|warning): \[([a-z0-9-]+)\]")
SECTION = re.compile(r"^(?=## )", re.MULTILINE)
DAY = re.compile(r"^today: (\S+)$", re.MULTILINE)


def sections() -> Iterator[object]:
    for page in sorted(PAGES.glob("*.md")):
        for section in SECTION.split(page.read_text(encoding="utf-8"))[1:]:
            title = section.splitlines()[0].removeprefix("## ")
            yield pytest.param(page, section, id=f"{page.stem}: {title}")


@pytest.mark.parametrize(("page", "section"), list(sections()))
def test_section(page: Path, section: str, request: pytest.FixtureRequest) -> None:
    blocks = BLOCK.findall(section)
    files = [body for language, body in blocks if language in ("yaml", "json", "python", "jinja")]
    given = sources(files, prelude="\nno prelude\n" not in section)
    if "\na project of high risk\n" in section:
        given = patched(body for language, body in blocks if language == "diff")
    day = date.fromisoformat(match[1]) if (match := DAY.search(section)) else TODAY
    found = compile(given.values(), today=day).diagnostics

    expected = {
        (source.path, number, severity, code)
        for source in given.values()
        for number, line in enumerate(source.text.split("\n"), start=1)
        for severity, code in EXPECT.findall(line)
    }
    assert {(d.span.path, d.span.start.line, str(d.severity), d.code) for d in found} == expected

    for language, body in blocks:
        if language == "text":
            seen = render.text(found, given)
            if body != seen and request.config.getoption("update_snapshots"):
                text = page.read_text(encoding="utf-8")
                new = section.replace(f"```text\n{body}```", f"```text\n{seen}```")
                page.write_text(text.replace(section, new), encoding="utf-8")
            assert body == seen
