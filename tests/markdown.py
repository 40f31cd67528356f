"""Pages of Markdown, written by a template and read by a CommonMark parser."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

from compiler.emit.format import sandbox
from compiler.emit.format.kinds import kind_of
from compiler.emit.format.markdown import plain
from compiler.emit.format.page import page

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
ALLOWED = {
    "heading_open", "paragraph_open", "bullet_list_open", "ordered_list_open", "list_item_open",
    "table_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open", "inline", "text",
    "code_inline", "strong_open", "link_open", "fence",
}  # fmt: skip


def written(template: str, **facts: object) -> str:
    """What a template of that text makes, without the organisation's."""
    environment = sandbox._Environment((), kind_of("x.md.j2"))
    return page(environment.from_string(template).render(**facts))


def tokens(text: str) -> list[Token]:
    """All tokens of a page, those inside of lines too."""
    every = [t for token in PARSER.parse(text) for t in (token, *(token.children or ()))]
    return [t for t in every if not t.type.endswith("_close")]


def shown(tokens: Iterable[Token]) -> str:
    """What a reader sees, without what divides blocks."""
    kinds = ("text", "code_inline", "fence", "softbreak", "text_special")
    return "".join(t.content for t in tokens if t.type in kinds)


def squeezed(text: str) -> str:
    """Without white space, which Markdown is free to change."""
    return "".join(plain(text).split())
