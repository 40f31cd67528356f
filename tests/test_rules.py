"""The rules themselves: unique, well named, documented, and each seen to fire and to be silent."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType

import pytest

from compiler import admit, chart, check, decode, emit, link, lock, parse, scan, tool_lock
from compiler.admit import transition
from compiler.check import CHECKS, WINGS
from compiler.cli import inputs
from compiler.cli.rules import all_rules
from compiler.pipeline import analyse
from compiler.source import Source
from tests.estate import TODAY, sources

PAGES = Path(__file__).parent / "check"
STAGES = (inputs, parse, scan, lock, tool_lock, decode, link, check, chart, emit, admit)
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
    codes += [module.RULE.code for module in CHECKS]
    assert len(codes) == len(set(codes)) == len(all_rules())


@pytest.mark.parametrize("wing", WINGS, ids=lambda wing: wing.__name__)
def test_a_wing_lists_its_modules_in_order(wing: ModuleType) -> None:
    modules = {path.stem for path in Path(wing.__file__).parent.glob("[!_]*.py")}
    assert tuple(sorted(modules)) == wing.CHECKS


def test_every_folder_is_a_wing() -> None:
    folders = Path(check.__file__).parent.glob("*/__init__.py")
    wings = {wing.__name__.rpartition(".")[2] for wing in WINGS}
    assert {path.parent.name for path in folders} == wings


@pytest.mark.parametrize("module", CHECKS, ids=lambda module: module.__name__)
def test_a_check_is_a_module_named_after_its_code(module: ModuleType) -> None:
    assert module.__doc__
    assert module.__name__.rpartition(".")[2] == module.RULE.code.replace("-", "_")
    hints = inspect.get_annotations(module.check)
    assert hints == {"fleet": "Fleet", "return": "Iterator[Diagnostic]"}


def test_the_order_of_checks_does_not_change_the_output(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"approval: {create_refund: human}": "", "maximum: 10": "maximum: 1", "egress": "#"}
    files = sources([])
    for path, source in files.items():
        text = source.text
        for old, new in wrong.items():
            text = text.replace(old, new)
        files[path] = Source(path, text)
    before = analyse(files.values(), today=TODAY).diagnostics
    assert len({diagnostic.code for diagnostic in before}) > 2
    monkeypatch.setattr(check, "CHECKS", CHECKS[::-1])
    assert analyse(files.values(), today=TODAY).diagnostics == before


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
