"""What a deployer of high risk answers (Art. 26), and the assessment of Art. 27."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.ai_act.law import duties
from compiler.emit.compliance.sheet import Sheet
from compiler.emit.format.markdown import Block, Definitions, Paragraph

_INFORMED = {"measure": "How", "audience": "Whom", "date": "When"}
_PARTS = {
    "processes": "(a) Processes",
    "period": "(b) How long and how often",
    "persons": "(c) Persons and groups",
    "harms": "(d) Harms",
    "oversight": "(e) Oversight",
    "measures": "(f) When harm comes, and complaints",
}


def body(sheet: Sheet) -> Iterator[Block]:
    """Art. 26(4), (7), (8), (9) and (11)."""
    yield sheet.heading("Input data", duties.INPUT_DATA)
    yield Paragraph(sheet.answer(duties.INPUT_DATA, "deployer.inputData"))
    yield sheet.heading("Workers", duties.WORKERS_INFORMED)
    yield sheet.answers(duties.WORKERS_INFORMED, "deployer", {"workplace": "Used at a workplace"})
    if sheet.found("deployer.workplace") is not False:
        yield sheet.answers(duties.WORKERS_INFORMED, "deployer.workersInformed", _INFORMED)
    yield sheet.heading("Persons whom decisions are about", duties.PERSONS_INFORMED)
    fields = {"personsInformed": "Notice", "explanations": "Where an explanation is asked for"}
    yield sheet.answers(duties.PERSONS_INFORMED, "deployer", fields)
    yield sheet.heading("Data protection", duties.DATA_PROTECTION_ASSESSMENT)
    taken = [a.name for a in sheet.system.members if _personal(a.spec.compliance)]
    yield Definitions([("Agents that take data of persons", ", ".join(taken) or "none")])
    if taken:
        fields = {"dataProtection": "Impact assessment", "dataProtectionDate": "Its day"}
        yield sheet.answers(duties.DATA_PROTECTION_ASSESSMENT, "deployer", fields)
    yield sheet.heading("Registration of a public authority", duties.PUBLIC_AUTHORITY_REGISTRATION)
    yield sheet.answers(
        duties.PUBLIC_AUTHORITY_REGISTRATION,
        "deployer",
        {"publicAuthority": "Is a public authority"},
    )
    if sheet.found("deployer.publicAuthority") is not False:
        yield sheet.answers(
            duties.PUBLIC_AUTHORITY_REGISTRATION,
            "registration",
            {"deployer": "Entry in the EU database"},
        )


def fria(sheet: Sheet) -> Iterator[Block]:
    """The six parts of Art. 27(1)."""
    yield sheet.heading("The assessment, part by part", duties.FUNDAMENTAL_RIGHTS_ASSESSMENT)
    yield sheet.answers(duties.FUNDAMENTAL_RIGHTS_ASSESSMENT, "fria", _PARTS)
    yield Paragraph(
        "The market surveillance authority is told of the result (Art. 27(3)); a data protection"
        " impact assessment is complemented by it (Art. 27(4))."
    )


def _personal(answers: object) -> bool:
    return bool(getattr(answers, "personalData", False))
