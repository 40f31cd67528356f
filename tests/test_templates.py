"""Pages through templates: values are text wherever they stand, and templates can do no harm."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compiler.diagnostic import Diagnostic
from compiler.emit.format import sandbox, template
from compiler.emit.format.kinds import kind_of
from compiler.emit.format.markdown import Code, Link, plain
from compiler.emit.format.page import Misuse, mark, page
from compiler.source import Source
from tests.estate import compiled
from tests.markdown import ALLOWED, HOSTILE, shown, squeezed, tokens, written

PLACES = {
    "heading": "## {{ x }}",
    "paragraph": "{{ x }}",
    "second line": "first\n{{ x }}",
    "bullet": "- {{ x }}\n- after",
    "step": "1. {{ x }}\n2. after",
    "numbered step": "{{ 1 }}. {{ x }}",
    "quote": "> {{ x }}",
    "term": "- {{ strong(x) }}: after",
    "definition": "- **term**: {{ x }}",
    "head": "| {{ x }} | b |\n| --- | --- |\n| c | d |",
    "cell": "| a | b |\n| --- | --- |\n| c | {{ x }} |\n| {{ x }} | d |",
    "code": "see {{ code(x) }}.",
    "code at the start": "{{ code(x) }} is",
    "code in a cell": "| a |\n| --- |\n| {{ code(x) }} |\n| b |",
    "codes": "{{ (x, x)|codes }} end",
    "strong": "{{ strong(x) }} is",
    "link": "to {{ link(x, 'a.md') }} now",
    "wow": "wow!{{ link(x, 'a.md') }}",
    "beside": "{{ x }}{{ link('x', 'a.md') }}{{ x }}{{ code('y') }}{{ code(x) }}{{ x }}",
    "in a macro": "{% macro m(y) %}- {{ y }}{% endmacro %}{{ m(x) }}",
    "captured": "{% set y %}{{ x }}{% endset %}- {{ y }}",
    "in a link": "[{{ x }}](a.md)",
    "emphasised": "*{{ x }}* is",
}


def shape(text: str) -> list[str]:
    pieces = ("text", "text_special", "softbreak")
    return [t.type for t in tokens(text + "\n\nend") if t.type not in pieces]


def judge(template: str, text: str) -> None:
    """The page shows the text, as the same marks that it gives any word."""
    parts = tokens(written(template, x=text))
    if not plain(text).strip():
        return
    word = "word"
    assert {t.type for t in parts} <= ALLOWED | {"blockquote_open", "em_open", "softbreak"}
    assert {t.attrs["href"] for t in parts if t.type == "link_open"} <= {"a.md"}
    assert shape(written(template, x=text)) == shape(written(template, x=word))
    usual = squeezed(shown(tokens(written(template, x=word))))
    assert squeezed(shown(parts)) == usual.replace(word, squeezed(text))


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(place: str, text: str) -> None:
    judge(PLACES[place], text)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(PLACES)),
    st.text(st.sampled_from("ab1 _*`|\\<>[]()#-+=.&;!~:/$\n\t\r\x01\x02\x03\x05é")),
)
def test_any_text_is_only_text(place: str, text: str) -> None:
    judge(PLACES[place], text)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.builds(
            lambda make, text: make(text),
            st.sampled_from([str, Code, lambda text: Link(text, "a.md")]),
            st.text(st.sampled_from("a1 _*`|\\<>[]()#-.&!~:\n")),
        ),
        max_size=4,
    )
)
def test_parts_in_a_row_are_only_text(parts: list[object]) -> None:
    seen = tokens(written("{{ x }}", x=tuple(parts)))
    assert {t.type for t in seen} <= ALLOWED
    texts = "".join(part if isinstance(part, str) else part.text for part in parts)  # type: ignore[attr-defined]
    assert squeezed(shown(seen)) == squeezed(texts)


@pytest.mark.parametrize(
    "template",
    ["[a]({{ x }})", "[a]( <{{ x }}>)", "[a]{{ x }}", "[a]: {{ x }}", "[a](https://e.com/{{ x }})",
     "<b>{{ x }}</b>", "<{{ x }}>", "<!-- {{ x }} -->", "`{{ x }}`", "`a {{ x }} b`", "\\{{ x }}",
     "```\n{{ x }}\n```", "a {{ listing(x) }}", "{% set y %}{{ x }}{% endset %}{{ y[1:] }}",
     "{{ true }}", "{{ none }}", "{{ [1] }}", "{{ y }}", "{{ x.y }}", "{{ x ~ x }}", "{{ x + x }}",
     "{{ x % x }}", "{{ x * 2 }}", "{{ 9 ** 9 }}", "{{ x|upper }}", "{{ x.upper() }}",
     "{{ x.format(1) }}", "{{ x.__class__ }}", "{{ x|safe }}", "{{ x|e }}", "{{ range(9) }}",
     "{% set y %}{{ x }}{% endset %}{{ y.join(x) }}", "{{ self.__init__ }}",
     "{{ code.__globals__ }}", "{% include 'x' %}", "{% import '/etc/passwd' as y %}",
     "{{ cycler(x) }}", "{{ code(y) }}", "{% for a in y %}{% endfor %}", "{% if y %}{% endif %}"],
)  # fmt: skip
def test_what_cannot_be_safe_is_refused(template: str) -> None:
    with pytest.raises(sandbox._ERRORS):
        written(template, x="word")


def test_what_is_like_it_is_allowed() -> None:
    text = "`<name>` &lt; 5 [a](b.md) {{ x }}\n\n```sh\nkubectl get <pod>\n```\n\n- [ ] {{ x }}"
    assert written(text, x="y") == text.replace("{{ x }}", "y") + "\n"


def test_lines_of_statements_alone_leave_nothing() -> None:
    text = "{% if x %}\na {% if x %}b{% endif %}\nc {# d #}\n{% endif %}\n{# e #}\n\n\n\nf"
    assert written(text, x="y") == "a b\nc\n\nf\n"


def test_a_listing_keeps_its_lines() -> None:
    text = written("a\n\n{{ listing(x, 'sh') }}\n\nb", x="c\n\n\n# d")
    assert text == "a\n\n```sh\nc\n\n\n# d\n```\n\nb\n"


def test_yaml_gets_scalars() -> None:
    text = "a: [[ x ]]\nb: ${{ y }}\nc: [[ z ]]\nd: |\n  [[ z|json ]]\n"
    environment = sandbox._Environment((), kind_of("x.yaml.j2"))
    facts = {"x": "a: {b\n- c", "z": {"e": ["f", None]}}
    assert environment.from_string(text).render(facts) == (
        'a: "a: {b\\n- c"\nb: ${{ y }}\nc: {"e": ["f", null]}\nd: |\n  {"e": ["f", null]}'
    )


def test_yaml_in_quotes_of_its_own_is_refused() -> None:
    environment = sandbox._Environment((), kind_of("x.yaml.j2"))
    with pytest.raises(Misuse, match="line 1 of what it makes is no YAML"):
        kind_of("x.yaml.j2").finish(environment.from_string('a: "[[ x ]]"').render(x="b: c"))


def test_lines_get_one_line() -> None:
    environment = sandbox._Environment((), kind_of("CODEOWNERS.j2"))
    assert environment.from_string("[{{ x }}][1]").render(x="a\n* @b\x1b") == "[a * @b\ufffd][1]"


def test_marks_are_no_markup_by_themselves() -> None:
    with pytest.raises(Misuse):
        page("\x02tone")
    assert page(mark("\x02tone\x03")) == "\ufffdtone\ufffd\n"


# --- The organisation's own


def faults(block: str, head: str = "") -> tuple[Diagnostic, ...]:
    text = f'{{% extends "roster:cards/model.md.j2" %}}{head}\n{{% block uses %}}\n{block}\n'
    template = f"# file: policies/templates/cards/model.md.j2\n{text}{{% endblock %}}\n"
    return compiled(template).diagnostics


@pytest.mark.parametrize(
    "block",
    [
        "{% for a in agents %}{% for b in name %}{{ a }}{% endfor %}{% endfor %}",
        "{% for a in 5 %}{% endfor %}",
        "{{ 1 - name }}",
        "{{ agents[0].title.x.y }}",
        "{% include 'compliance/none.md.j2' %}",
        "{% include 'cards/model.md.j2' %}",
        "{% include ['cards/model.md.j2'] %}",
        "{% for a in agents recursive %}{{ loop(agents) }}{% endfor %}",
        "{{ " + "(" * 300 + "1" + ")" * 300 + " }}",
        "{{ name|items }}",
        "{{ (name, (name, name)) }}",
        "{% set a = (name, name) %}" + "{% set a = (a, a) %}" * 40 + "{{ a }}",
        "{% set a = (name, name) %}" + "{% set a = (a|join, a|join) %}" * 40 + "{{ a|join }}",
        "{% set a = (name, name) %}" + "{% set a = (a, a) %}" * 40 + "{{ a|join }}",
        "{% for a in agents %}" * 30 + "{% endfor %}" * 30,
    ],
)
def test_a_mistake_is_a_diagnostic(block: str) -> None:
    (diagnostic,) = faults(block)
    assert diagnostic.code == "template-invalid"
    assert diagnostic.span.path == "policies/templates/cards/model.md.j2"


@pytest.mark.parametrize(
    "body",
    [
        "{% for b in abc %}" * 15 + "{% endfor %}" * 15,
        "{% for b in abc %}" * 12 + "x" * 500 + "{% endfor %}" * 12,
    ],
)
def test_loops_are_bounded(body: str) -> None:
    head = "{% set abc = [1, 2, 3, 4, 5, 6, 7, 8, 9] %}"
    (diagnostic,) = faults(head + body)
    assert diagnostic.code == "template-invalid"
    assert "more than" in diagnostic.message


def test_an_own_block_is_shown() -> None:
    text = (
        "# file: policies/templates/cards/model.md.j2\n"
        '{% extends "roster:cards/model.md.j2" %}\n'
        "{% block uses %}\n## Ours\n\n{{ super() }}\n{{ code(name) }}\n{% endblock %}\n"
    )
    files = {file.path: file.text for file in compiled(text).files}
    assert "## Use cases\n\n## Ours\n\n| Agent" in files["cards/models/haiku.md"]
    assert "`haiku`\n" in files["cards/models/haiku.md"]


def test_a_fault_of_an_original_is_no_diagnostic() -> None:
    own = (
        Source("policies/templates/cards/model.md.j2", '{% extends "roster:cards/model.md.j2" %}'),
    )
    with pytest.raises(Exception, match="among the facts") as caught:
        sandbox.document(own, "cards/model.md.j2", {})
    assert not isinstance(caught.value, sandbox.Failure)


def test_every_template_of_ours_can_be_read() -> None:
    for name in template.originals():
        assert sandbox.outline((), name).extends is None


def test_jinja_is_imported_when_a_page_is_made() -> None:
    code = "import compiler.pipeline, sys; assert 'jinja2' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
