"""The rules themselves: unique, well named, documented, and each seen to fire and to be silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from compiler import admit, chart, check, decode, link, lock, parse, scan, tool_lock
from compiler.admit import transition
from compiler.check import CHECKS
from compiler.cli import inputs
from compiler.cli.rules import all_rules

PAGES = Path(__file__).parent / "check"
STAGES = (inputs, parse, scan, lock, tool_lock, decode, link, check, chart, admit)
# In test_boms.py, test_hostile.py, test_admit.py, test_stack.py, test_transition.py, and chart/.
TESTED_ELSEWHERE = {
    "bom-invalid",
    "hidden-character",
    "object-twice",
    "object-unknown",
    "process-invalid",
} | {rule.code for rule in (*inputs.RULES, *transition.RULES)}


def test_codes_are_unique() -> None:
    codes = [rule.code for stage in STAGES for rule in stage.RULES]
    codes += [one.RULE.code for one in CHECKS]
    assert len(codes) == len(set(codes)) == len(all_rules())


def test_there_are_thirty_checks_and_more() -> None:
    assert len(CHECKS) >= 30


def test_every_check_module_is_in_the_table() -> None:
    folder = Path(check.__file__).parent
    modules = {path.stem for path in folder.glob("*/*.py")} - {"__init__", "findings"}
    assert modules == {one.RULE.code.replace("-", "_") for one in CHECKS}


@pytest.mark.parametrize("code", sorted(all_rules()))
def test_a_code_is_kebab_case_and_has_a_page(code: str) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# `{code}`\n")


@pytest.mark.parametrize("code", sorted(all_rules().keys() - TESTED_ELSEWHERE))
def test_a_page_fires_and_is_silent(code: str) -> None:
    page = (PAGES / f"{code}.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", page, flags=re.MULTILINE)[1:]
    firing = [section for section in sections if f": [{code}]" in section]
    assert firing
    assert len(firing) < len(sections)


def test_no_page_without_a_rule() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == set(all_rules())
