"""Where other frameworks speak of the same topics, with links to this project's documents."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from compiler.ai_act.law import CROSSWALK, FRAMEWORKS
from compiler.emit.format.markdown import Block, Content, Link, Paragraph, Table

_SHOWN = {
    "inventory and roles": ("classification.md", "deployer.md"),
    "purpose and classification": ("classification.md",),
    "risk and impact": ("annex-iv.md", "fria.md"),
    "data": ("annex-iv.md",),
    "technical documentation": ("annex-iv.md",),
    "logs": ("logging.md",),
    "transparency": ("instructions.md",),
    "oversight and stop": ("oversight.md",),
    "accuracy and security": ("annex-iv.md", "oversight.md"),
    "suppliers": ("annex-iv.md",),
    "monitoring and incidents": ("post-market.md", "incident.md"),
    "change control": ("annex-iv.md",),
}


def body(made: Collection[str]) -> Iterator[Block]:
    """The topics; `made`: the documents of this project, below its folder."""
    yield Paragraph(
        "These are references that help to find things, and no statement of conformity with any"
        " framework. Titles of ISO/IEC 42001 are from public lists."
    )
    rows = []
    for topic in CROSSWALK:
        shown = [name for name in _SHOWN.get(topic.name, ()) if name in made]
        if topic.name == "transparency":
            shown += sorted(name for name in made if name.startswith("transparency/"))
        rows.append((topic.name, *topic.references, _links(shown)))
    yield Table(("Topic", *FRAMEWORKS, "Documents"), rows)


def _links(names: list[str]) -> Content:
    found: list[str | Link] = []
    for name in names:
        found += [", " if found else "", Link(name, name)]
    return tuple(found) or "-"
