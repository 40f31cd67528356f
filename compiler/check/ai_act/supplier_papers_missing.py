"""Building on another organisation's model takes its papers and an agreement with the supplier, to
answer for the whole (EU AI Act, Art. 25(4), 53(1)(b), Annex XII).
"""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.fields import empty
from compiler.ai_act.law.duties import SUPPLIER_PAPERS
from compiler.ai_act.systems import RecordedSystem
from compiler.check.gaps import LEAD, Gap, report
from compiler.derive import Fleet
from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.model import LanguageModel

RULE = Rule(
    "supplier-papers-missing",
    Severity.ERROR,
    "a high-risk system is built on a model without its supplier's papers",
    LEAD,
)
DUTIES = (SUPPLIER_PAPERS,)

_PAPERS = {
    "annexXII": "name the supplier's papers for those who build on the model",
    "agreement": "name the written agreement with the supplier; an open licence is none",
}
"""Card, usage policy and licence are part of every Model."""


def check(fleet: Fleet) -> Iterator[Diagnostic]:
    """Every model in use in a high-risk system that lacks a paper."""
    yield from report(fleet, RULE, _gaps)


def _gaps(fleet: Fleet, system: RecordedSystem) -> Iterator[Gap]:
    if not system.binds("high-provider"):
        return
    for name in sorted({str(agent.spec.model) for agent in system.members}):
        model = fleet.graph.get(LanguageModel, name)
        for field in (f for f in _PAPERS if empty(getattr(model.spec, f))):
            what = f"`{field}` of model `{name}` is missing"
            yield Gap(SUPPLIER_PAPERS, model, (field,), what, _PAPERS[field])
