"""Values as Markdown, read by a CommonMark parser: users' text is text, and nothing else.

tests/test_templates.py tries hostile text in every place of a page.
"""

from __future__ import annotations

import pytest

from tests.markdown import tokens, written


@pytest.mark.parametrize(
    "text", ["x", "```\nx", "````", "a\n\n    b", "a\r\nb\rc", "~~~", "</pre>"]
)
def test_a_listing_keeps_its_lines(text: str) -> None:
    (fence, end) = (
        t
        for t in tokens(written("{{ listing(x, 'sh') }}\n\nend", x=text))
        if t.type in ("fence", "text")
    )
    assert fence.content == text.replace("\r\n", "\n").replace("\r", "\n") + "\n"
    assert (fence.info, end.content) == ("sh", "end")


@pytest.mark.parametrize(
    "target",
    ["javascript:alert(1)", "JavaScript:x", "data:text/html,x", "//e.com", "\\\\e", "/etc", "a b",
     "vbscript:x", "file:///etc", "x\ny", ""],
)  # fmt: skip
def test_other_targets_are_left_out(target: str) -> None:
    paragraph = tokens(written("{{ link('here', x) }}", x=target))
    assert [t.type for t in paragraph] == ["paragraph_open", "inline", "text"]
    assert paragraph[2].content == "here"


@pytest.mark.parametrize(
    ("target", "href"),
    [
        ("https://e.com/a?b=c&lt;=d", "https://e.com/a?b=c&lt;=d"),
        ("mailto:a@e.com", "mailto:a@e.com"),
        ("../a(b)|c.md#d", "../a%28b%29%7Cc.md#d"),
    ],
)
def test_a_target_arrives(target: str, href: str) -> None:
    table = tokens(written("| a |\n| --- |\n| {{ link('here', x) }} |", x=target))
    assert [t.attrs["href"] for t in table if t.type == "link_open"] == [href]


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("at https://e.com", "at https\\://e.com"),
        ("at www.e.com", "at www\\.e.com"),
        ("$a$", "\\$a\\$"),
        ("a\u202eb\x1bc\x00\ud800", "a\ufffdb\ufffdc\ufffd\ufffd"),
        ("snake_case", "snake_case"),
    ],
)
def test_github_makes_no_links_or_formulas_of_text(text: str, page: str) -> None:
    assert written("{{ x }}", x=text) == f"{page}\n"


def test_marks_that_touch_stay_apart() -> None:
    template = "{{ code('a') }}{{ code('b') }}{{ strong('c') }}{{ strong('d') }}"
    paragraph = tokens(written(template))
    assert [t.content for t in paragraph if t.type == "code_inline"] == ["a", "b"]
    assert [t.type for t in paragraph].count("strong_open") == 2


def test_a_page_as_people_read_it() -> None:
    template = """# {{ title }}

Version {{ version }} of {{ code(name) }}: see {{ link("the card", "card.md") }}.



- **Role**: {{ role }}
- **Days**: {{ days }}

| Tool | Does |
| --- | --- |
{% for tool, does in tools|items %}
| {{ code(tool) }} | {{ does }} |
{% endfor %}

{{ listing("kubectl get pods", "sh") }}
"""
    facts = {"title": "Card", "version": "1.0.0", "name": "financial", "role": "provider"}
    assert written(template, **facts, days=184, tools={"stripe/refund": "pays | back"}) == (
        "# Card\n\nVersion 1.0.0 of `financial`: see [the card](card.md).\n\n"
        "- **Role**: provider\n- **Days**: 184\n\n"
        "| Tool | Does |\n| --- | --- |\n| `stripe/refund` | pays \\| back |\n\n"
        "```sh\nkubectl get pods\n```\n"
    )
