"""What people are informed of, one page for each of the project's languages (Art. 50)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from compiler.emit.compliance.phrases import phrases
from compiler.emit.compliance.sheet import Facts, Sheet
from compiler.model.ai_system import Interaction


def names(locales: Iterable[str]) -> Mapping[str, str]:
    """The file's name for each locale, whatever that is; no two are the same."""
    files: dict[str, str] = {}
    for locale in locales:
        name = re.sub(r"[^a-z0-9]+", "-", locale.lower()).strip("-") or "other"
        while name in files.values():
            name += "-2"
        files.setdefault(locale, name)
    return files


def facts(sheet: Sheet, locale: str) -> Facts:
    """The notice in a language, and what a notice calls things in it."""
    words, own = phrases(locale)
    interaction = sheet.record.transparency.interaction if sheet.record else Interaction()
    return {
        "locale": locale,
        "words": words,
        "own": own,
        "notice": interaction.notice.get(locale) or interaction.obvious or "",
    }
