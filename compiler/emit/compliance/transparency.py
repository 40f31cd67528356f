"""What people are told, one page for each of the project's languages (Art. 50)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from compiler.ai_act.law import Duty, duties
from compiler.emit.compliance.phrases import Phrases, phrases
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import Block, Heading, Paragraph, Strong
from compiler.model.ai_system import Interaction


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
    yield from _section(sheet, duties.CONTENT_MARKED, words.marked, "marking")
    yield from _section(
        sheet, duties.EMOTION_OR_BIOMETRIC_NOTICE, words.exposed, "emotionOrBiometric"
    )
    yield from _texts(sheet, words)
    contact = sheet.found("provider.contact")
    if contact:
        yield Heading(2, words.contact)
        yield Paragraph(f"{sheet.found('provider.name') or sheet.project}: {contact}")


def _machine(sheet: Sheet, locale: str, words: Phrases) -> Iterator[Block]:
    """Art. 50(1): the notice itself; why none is needed; or that it is missing."""
    given = sheet.record.transparency.interaction if sheet.record else Interaction()
    text = given.notice.get(locale) or given.obvious
    if not text and not sheet.applies(duties.INTERACTION_NOTICE):
        return
    yield sheet.heading(words.machine, duties.INTERACTION_NOTICE)
    yield Paragraph(text or Strong(f"{words.missing} ({duties.INTERACTION_NOTICE.article})"))
    if given.surface:
        yield Paragraph((Strong(words.shown), f": {given.surface}"))


def _section(sheet: Sheet, duty: Duty, title: str, field: str) -> Iterator[Block]:
    """What is said of a duty; nothing where it is not due and nobody says anything."""
    found = sheet.found(f"transparency.{field}")
    if found or sheet.applies(duty):
        yield sheet.heading(title, duty)
        yield Paragraph(found or sheet.gap(duty))


def _texts(sheet: Sheet, words: Phrases) -> Iterator[Block]:
    """Art. 50(4): disclosure, or an editor who answers."""
    editor = sheet.found("transparency.editor")
    if editor:
        yield sheet.heading(words.disclosed, duties.PUBLIC_TEXT_DISCLOSED)
        said = sheet.found("transparency.disclosure")
        yield from [Paragraph(said)] if said else []
        yield Paragraph((Strong(words.editor), f": {editor}"))
    else:
        yield from _section(sheet, duties.PUBLIC_TEXT_DISCLOSED, words.disclosed, "disclosure")
