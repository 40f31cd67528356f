"""Documents as Markdown, read by a CommonMark parser: users' text is text, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from compiler.emit.format.markdown import (
    Block,
    Bullets,
    Code,
    Content,
    Definitions,
    Heading,
    Link,
    Listing,
    Paragraph,
    Steps,
    Strong,
    Table,
    document,
    plain,
)

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
HOSTILE = [
    "a | b", "|---|", "\\|", "\\", "ends in \\", "<script>alert(1)</script>", "<!-- x -->",
    "[x](javascript:alert(1))", "![x](http://e/x.png)", "<https://e.com>", "[x]: /y", "[^1]",
    "`", "``", "a `b` c", "`a", "a`", "# a", "## a #", "#", "a #", "1. a", "1) a", "2024. b",
    "- a", "+ a", "* a", "-", "---", "===", "***", "> a", "~~~", "~~a~~", "    code", "\tcode",
    "*a*", "**a**", "_a_", "__a__", "snake_case", "_a", "a_", "a__b", "*", "&lt;", "&#60;", "R&D;",
    "&amp", "a\nb", "a\n\nb", "a\n# b", "a\r\n- b", "a\n===", "a  \nb", "two  spaces", "x\x1b[31m",
    "\u202eabc", "\x00", "\ud800", "a\u2028b", "!", "!!", "$1 and $2", "https://e.com", "www.e.com",
    "[ ] task", ":-:", "| a |\n|---|", "{{ x }}", "{% x %}", "Zürich 東京", "é_é", "a\u0301_b",
]  # fmt: skip
PLACES = {
    "heading": lambda text: Heading(2, text),
    "paragraph": Paragraph,
    "bullet": lambda text: Bullets([text, "after"]),
    "step": lambda text: Steps([text, "after"]),
    "term": lambda text: Definitions([(text, "after")]),
    "definition": lambda text: Definitions([("term", text)]),
    "head": lambda text: Table((text, "b"), [("c", "d")]),
    "cell": lambda text: Table(("a", "b"), [("c", text), (text, "d")]),
    "code": lambda text: Paragraph(("see ", Code(text), ".")),
    "code in a cell": lambda text: Table(("a",), [(Code(text),), ("b",)]),
    "strong": lambda text: Paragraph((Strong(text), " is")),
    "link": lambda text: Paragraph(("to ", Link(text, "a.md"), " now")),
    "beside": lambda text: Paragraph((text, Link("x", "a.md"), text, Code("y"), text)),
}
ALLOWED = {
    "heading_open", "paragraph_open", "bullet_list_open", "ordered_list_open", "list_item_open",
    "table_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open", "inline", "text",
    "code_inline", "strong_open", "link_open", "fence",
}  # fmt: skip


def tokens(text: str) -> list[Token]:
    """All tokens of a page, those inside of lines too."""
    found = [t for token in PARSER.parse(text) for t in (token, *(token.children or ()))]
    return [t for t in found if not t.type.endswith("_close")]


def shown(some: Iterable[Token]) -> str:
    """What a reader sees of it, without what divides blocks."""
    kinds = ("text", "code_inline", "fence", "softbreak", "text_special")
    return "".join(t.content for t in some if t.type in kinds)


def words(block: Block) -> str:
    """What a block says, in its order."""

    def said(content: Content) -> str:
        parts = content if isinstance(content, tuple) else (content,)
        return "".join(part if isinstance(part, str) else part.text for part in parts)

    match block:
        case Heading(_, text) | Paragraph(text):
            return said(text)
        case Bullets(items) | Steps(items):
            return "".join(map(said, items))
        case Definitions(items):
            return "".join(f"{term}: {said(content)}" for term, content in items)
        case Table(head, rows):
            return "".join(said(cell) for row in (head, *rows) for cell in row)
    raise AssertionError(block)


def squeezed(text: str) -> str:
    """Without white space, which Markdown is free to change."""
    return "".join(plain(text).split())


def judge(block: Block) -> None:
    """The page says what the block says, with marks that are ours."""
    found = tokens(document([block, Paragraph("end")]))
    assert squeezed(shown(found)) == squeezed(words(block) + "end")
    assert {t.type for t in found} <= ALLOWED
    assert {t.attrs["href"] for t in found if t.type == "link_open"} <= {"a.md"}


def shape(block: Block) -> list[str]:
    """What the page is made of, but for the pieces of texts."""
    pieces = ("text", "text_special", "softbreak")
    return [t.type for t in tokens(document([block, Paragraph("end")])) if t.type not in pieces]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(place: str, text: str) -> None:
    judge(PLACES[place](text))
    if plain(text):
        assert shape(PLACES[place](text)) == shape(PLACES[place]("word"))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(sorted(PLACES)),
    st.text(st.sampled_from("ab1 _*`|\\<>[]()#-+=.&;!~:/$\n\t\r\x01é")),
)
def test_any_text_is_only_text(place: str, text: str) -> None:
    judge(PLACES[place](text))
    if plain(text):
        assert shape(PLACES[place](text)) == shape(PLACES[place]("word"))


@pytest.mark.parametrize(
    "text", ["x", "```\nx", "````", "a\n\n    b", "a\r\nb\rc", "~~~", "</pre>"]
)
def test_a_listing_keeps_its_lines(text: str) -> None:
    (fence, end) = (
        t
        for t in tokens(document([Listing(text, "sh"), Paragraph("end")]))
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
    found = tokens(document([Paragraph(Link("here", target))]))
    assert [t.type for t in found] == ["paragraph_open", "inline", "text"]
    assert found[2].content == "here"


@pytest.mark.parametrize(
    ("target", "href"),
    [
        ("https://e.com/a?b=c&lt;=d", "https://e.com/a?b=c&lt;=d"),
        ("mailto:a@e.com", "mailto:a@e.com"),
        ("../a(b)|c.md#d", "../a%28b%29%7Cc.md#d"),
    ],
)
def test_a_target_arrives(target: str, href: str) -> None:
    found = tokens(document([Table(("a",), [(Link("here", target),)])]))
    assert [t.attrs["href"] for t in found if t.type == "link_open"] == [href]


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
    assert document([Paragraph(text)]) == f"{page}\n"


def test_marks_that_touch_stay_apart() -> None:
    found = tokens(document([Paragraph((Code("a"), Code("b"), Strong("c"), Strong("d")))]))
    assert [t.content for t in found if t.type == "code_inline"] == ["a", "b"]
    assert [t.type for t in found].count("strong_open") == 2


def test_lists_that_touch_stay_apart() -> None:
    blocks: list[Block] = [Bullets(["a"]), Definitions([("b", "c")]), Bullets(["d"])]
    blocks += [Steps(["e"]), Steps(["f"]), Bullets([]), Steps(["g"]), Table(("h",), [])]
    kinds = [t.type for t in tokens(document(blocks)) if t.type.endswith("list_open")]
    assert kinds == ["bullet_list_open"] * 3 + ["ordered_list_open"] * 3


def test_a_page_as_people_read_it() -> None:
    page = [
        Heading(1, "Card"),
        Paragraph(
            ("Version 1.0.0 of ", Code("financial"), ": see ", Link("the card", "card.md"), ".")
        ),
        Definitions([("Role", "provider"), ("Days", "184")]),
        Table(("Tool", "Does"), [(Code("stripe/refund"), "pays | back")]),
        Listing("kubectl get pods", "sh"),
    ]
    assert document(page) == (
        "# Card\n\nVersion 1.0.0 of `financial`: see [the card](card.md).\n\n"
        "- **Role**: provider\n- **Days**: 184\n\n"
        "| Tool | Does |\n| --- | --- |\n| `stripe/refund` | pays \\| back |\n\n"
        "```sh\nkubectl get pods\n```\n"
    )
