"""What people are told, one page for each of the project's languages (Art. 50)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from compiler.emit.compliance.phrases import Phrases, phrases
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.markdown import Block, Content, Heading, Paragraph, Strong
from compiler.law import duty
from compiler.model import Classification


def names(locales: Iterable[str]) -> Mapping[str, str]:
    """The file's name for each locale, whatever that is; no two are the same."""
    found: dict[str, str] = {}
    for locale in locales:
        name = re.sub(r"[^a-z0-9]+", "-", locale.lower()).strip("-") or "other"
        while name in found.values():
            name += "-2"
        found.setdefault(locale, name)
    return found


def body(sheet: Sheet, locale: str) -> Iterator[Block]:
    """The notice in a language; what is not given in it is named."""
    words, own = phrases(locale)
    yield Heading(1, f"{words.title}: {sheet.system.project.spec.displayName}")
    if not own:
        yield Paragraph(f"The headings are in English: we have none for the language {locale}.")
    yield from _machine(sheet, locale, words)
    yield from _section(
        sheet, "AIA-091", words.marked, "marking", any(_answers(sheet, "generates"))
    )
    exposed = any(_answers(sheet, "emotionOrBiometric"))
    yield from _section(sheet, "AIA-092", words.exposed, "emotionOrBiometric", exposed)
    yield from _texts(sheet, words)
    contact = sheet.found("provider.contact")
    if contact:
        yield Heading(2, words.contact)
        yield Paragraph(f"{sheet.found('provider.name') or ''} {contact}")


def _machine(sheet: Sheet, locale: str, words: Phrases) -> Iterator[Block]:
    """Art. 50(1): the notice itself; why none is needed; or that it is missing."""
    yield sheet.heading(words.machine, "AIA-090")
    given = sheet.record.transparency.interaction if sheet.record else None
    text = given.notice.get(locale) if given else None
    told = sheet.system.project.spec.notices.interactsWithPersons
    if text:
        yield Paragraph(text)
    elif given and given.obvious:
        yield Paragraph(given.obvious)
    elif told or any(_answers(sheet, "interactsWithPersons")):
        yield Paragraph(Strong(f"{words.missing} ({duty('AIA-090').article})"))
    else:
        yield Paragraph(_NONE)
    if given and given.surface:
        yield Paragraph((Strong(words.shown), f": {given.surface}"))


_NONE = "Art. 50: -"
"""A duty of which nothing is due here, in no language."""


def _section(sheet: Sheet, id: str, title: str, field: str, due: bool) -> Iterator[Block]:
    yield sheet.heading(title, id)
    found = sheet.found(f"transparency.{field}")
    yield Paragraph(found or (sheet.gap(id) if due else _NONE))


def _texts(sheet: Sheet, words: Phrases) -> Iterator[Block]:
    """Art. 50(4): disclosure, or an editor who answers."""
    yield sheet.heading(words.disclosed, "AIA-093")
    found, editor = sheet.found("transparency.disclosure"), sheet.found("transparency.editor")
    due = any(_answers(sheet, "publicText")) and not editor
    said: Content = found or (sheet.gap("AIA-093") if due else _NONE)
    yield Paragraph(said)
    if editor:
        yield Paragraph((Strong(words.editor), f": {editor}"))


def _answers(sheet: Sheet, field: str) -> Iterator[object]:
    for agent in sheet.system.members:
        given: Classification | None = agent.spec.compliance
        yield getattr(given, field) if given else None
