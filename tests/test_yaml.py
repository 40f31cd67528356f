"""What `compiler.emit.format.yaml` writes, every reader reads back as the same data."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from compiler.emit.format.yaml import dump

WORDS = (
    "y Y n N yes Yes YES no No NO on On ON off Off OFF true True TRUE false False FALSE null Null "
    "NULL ~ nan NaN NAN .nan .NaN .NAN inf Infinity .inf -.inf +.inf .Inf .INF undefined None = <<"
)
NUMBERS = (
    "0 -0 +1 08 010 0777 0o17 0x1F 0b101 1_000 1e3 12e4 1E5 1e+3 1.e3 .1e3 +1e3 -1e3 6.02E23 +.5 "
    ".5 5. 1.10 1.0 123e456 1e400 22:22 22:22:22 1:0 190:20:30.15 2026-11-23 2026-11-23T00:00:00Z "
    "9223372036854775808 500m 1Gi 128Ki 2k 0Gi 1.5Gi 1.2.3 0x 0o8 _1 1_ 1__0 - + . .. 123456789012"
)
SIGNS = (
    "- a|-a|---|--- a|...|? a|: a|a:|a: b|a:b|a :b|a #b|#a|a#b|*a|&a|!a|!!str a|%a|@a|`a|{a|a}|[a|"
    "a]|{}|[]|,a|a, b|'a|\"a|a'b|a\"b|''|>|\\|a\\|\\n|a\\|$a|${A}|{{a}}|<a>|a=b|key: |a - b|/a|//a"
)
SPACES = ["", " ", "  ", " a", "a ", "a  b", "\t", "a\t", "\ta", "a\tb", "a\u00a0b", "\u3000a"]
HIDDEN = ["\0", "\x07", "\x1b[0m", "\x7f", "\x85", "a\x85b", "\x9b", "\u2028", "\u2029", "\ufeff"]
HIDDEN += [
    "\u200b",
    "\u202e",
    "\ufffe",
    "\uffff",
    "\U000e0001",
    "\U0001f600",
    "\U0010ffff",
    "e\u0301",
]
LINES = ["\n", "\n\n", "a\n", "a\n\n", "a\nb", "a\nb\n", "a\nb\n\n", "a\n\nb", "\na", " a\nb"]
LINES += ["a\n b", "a \nb", "a\n \nb", "a\n\tb", "a\r\nb", "a\rb", "# a\nb", "a\n# b", "- a\n- b"]
LINES += ["a: b\nc: d", "---\na", "a\n---\n", "a\n...\nb", "a\x85b\nc", "a\u2028b\nc", "\ta\nb"]
LINES += ["a\n  b\n c", "|\na"]
TRICKY = [*WORDS.split(), *NUMBERS.split(), *SIGNS.split("|"), "|", *SPACES, *HIDDEN, *LINES]

TEXT = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.text("ab:#-?|>&*!%@`'\"{}[],=~.0123456789eExXoO_+ \t\n", max_size=12),
    st.lists(st.sampled_from(TRICKY), max_size=3).map(" ".join),
    st.lists(st.sampled_from(TRICKY), max_size=4).map("\n".join),
)
KEYS = TEXT.map(lambda text: text[:80])  # no reader takes a key of more than 1024 characters
ATOMS = st.one_of(
    TEXT, st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False)
)
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        ATOMS,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


def yaml_1_2(text: str) -> Any:
    return YAML(typ="safe", pure=True).load(text)


def yaml_1_1_in_c(text: str) -> Any:
    return yaml.load(text, yaml.CSafeLoader)


READERS = [yaml.safe_load, yaml_1_1_in_c, yaml_1_2]


def same(left: Any, right: Any) -> bool:
    """Equal in value and in type, and in the order of keys: 1, 1.0 and true are not the same."""
    return json.dumps(left) == json.dumps(right)


@pytest.mark.parametrize("read", READERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=DATA)
def test_any_data(read: Any, data: dict[str, Any]) -> None:
    assert same(read(dump(data)), data)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("text", TRICKY, ids=lambda text: ascii(text[:20]))
def test_tricky_string(read: Any, text: str) -> None:
    """As a value, an item, and a key, at each depth where a block may begin."""
    data: dict[str, Any] = {"a": text, "b": [text, [text], {"c": text}], "d": {"e": text}, "f": 1}
    data |= {text: {"g": [[{"h": text}]]}, "i": text * 3000}
    assert same(read(dump(data)), data)


@pytest.mark.parametrize("read", READERS)
def test_other_values(read: Any) -> None:
    numbers = [0, -1, 2**63, 0.0, -0.0, 1.5, 1e16, 1e-7, -1e300, 5e-324]
    data = {"a": numbers, "b": [None, True, False], "c": {}, "d": [], "e": [[], {}, [[]], [{}]]}
    assert same(read(dump(data)), data)
    assert same(read(dump({})), {})


def test_one_document_in_lines() -> None:
    """It ends with one line break, and a reader of single documents or of many sees one."""
    text = dump({"a": "---\nb\n...\n", "b": ["--- c", "..."]})
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert len(list(yaml.safe_load_all(text))) == 1
