"""The engine: the language of Kubernetes' policies, and that nothing but a true BOOL holds."""

from __future__ import annotations

import pytest

from compiler.admit.cel import Language, NotCompilable, plain
from tests.admit_policies.expressions import FAULTY, NOT_HERE, OBJECT, TRUE, UNTRUE

LANGUAGE = Language.of("object")


@pytest.mark.parametrize("text", TRUE.strip().splitlines())
def test_it_holds(text: str) -> None:
    verdict = LANGUAGE.compile(text).holds(LANGUAGE.values({"object": OBJECT}))
    assert verdict == (True, "")


@pytest.mark.parametrize("text", UNTRUE)
def test_it_does_not_hold(text: str) -> None:
    verdict = LANGUAGE.compile(text).holds(LANGUAGE.values({"object": OBJECT}))
    assert not verdict.holds
    assert UNTRUE[text] in verdict.reason
    says_no = text in ("object.replicas == 4", "false")
    assert (verdict.reason == "") is says_no


@pytest.mark.parametrize("text", FAULTY)
def test_it_does_not_compile(text: str) -> None:
    with pytest.raises(NotCompilable) as error:
        LANGUAGE.compile(text)
    assert FAULTY[text] in str(error.value)
    assert "\n" not in str(error.value)


def test_a_variable_without_a_value_is_an_error() -> None:
    verdict = LANGUAGE.compile("object == object").holds(LANGUAGE.values({}))
    assert not verdict.holds
    assert "object" in verdict.reason


def test_a_variable_has_the_type_of_its_expression() -> None:
    language = LANGUAGE.knowing("variables.name", LANGUAGE.compile("'web'"))
    assert language.compile("variables.name == 'web'").gives("BOOL")
    with pytest.raises(NotCompilable, match="no matching overload"):
        language.compile("variables.name == 1")
    with pytest.raises(NotCompilable, match=r"undeclared reference to 'variables\.other'"):
        language.compile("variables.other == 1")


def test_values_are_plain() -> None:
    class Word(str):
        __slots__ = ()

    class Number(int):
        raw = "3"

    value = {Word("a"): (Word("b"), Number(3), 1.5, True, None)}
    converted = plain(value)
    assert converted == {"a": ["b", 3, 1.5, True, None]}
    assert {type(item) for item in converted["a"]} == {str, int, float, bool, type(None)}
    values = LANGUAGE.values({"object": converted})
    assert LANGUAGE.compile("object.a[0] == 'b'").holds(values).holds


def test_what_the_engine_lacks_does_not_compile() -> None:
    assert FAULTY.keys() >= NOT_HERE
