"""Where other frameworks speak of the same topics, with links to this project's documents."""

from __future__ import annotations

from collections.abc import Collection

from compiler.ai_act.law import CROSSWALK, FRAMEWORKS, Topic
from compiler.emit.compliance.sheet import Facts

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


def facts(documents: Collection[str]) -> Facts:
    """The topics; `documents`: the names of this project's pages, below its folder."""
    return {"frameworks": FRAMEWORKS, "topics": [_topic(topic, documents) for topic in CROSSWALK]}


def _topic(topic: Topic, documents: Collection[str]) -> Facts:
    shown = [name for name in _SHOWN.get(topic.name, ()) if name in documents]
    if topic.name == "transparency":
        shown += sorted(name for name in documents if name.startswith("transparency/"))
    return {"name": topic.name, "references": topic.references, "documents": shown}
