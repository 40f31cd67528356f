"""What AI systems answer to the EU AI Act, as CycloneDX attestations: requirement, claim, evidence.

A score says whether every field that a duty asks for says something, and never how good it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from compiler.ai_act.completeness import DutyAnswer, duty_answers
from compiler.ai_act.law import LAW, Duty
from compiler.ai_act.systems import System
from compiler.derive import Fleet
from compiler.emit.cards.bom import Part, properties, supplier

_ASSESSOR = "assessor:own"


def declared(fleet: Fleet, systems: Iterable[System]) -> Part | None:
    """Definitions and declarations about some systems; None where there are none."""
    answered = [(system, tuple(duty_answers(fleet.graph, system))) for system in systems]
    if not answered:
        return None
    duties = {answer.duty.id: answer.duty for _, some in answered for answer in some}
    full = [(system, answer) for system, some in answered for answer in some if answer.complete]
    declarations: Part = {
        "assessors": [
            {
                "bom-ref": _ASSESSOR,
                "thirdParty": False,
                "organization": supplier(fleet.platform),
            }
        ],
        "attestations": [_attestation(system, some) for system, some in answered],
        "claims": [_claim(system, answer) for system, answer in full],
        "evidence": [_evidence(system, answer) for system, answer in full],
        "targets": {"components": [_target(system) for system, _ in answered]},
    }
    return {
        "declarations": {key: value for key, value in declarations.items() if value},
        "definitions": {"standards": [_standard(duties[id] for id in sorted(duties))]},
    }


def _standard(duties: Iterable[Duty]) -> Part:
    return {
        "bom-ref": "standard:eu-ai-act",
        "name": LAW.name,
        "version": str(LAW.consolidated),
        "description": f"{LAW.citation} as amended by {LAW.amended}, as fields of a record;"
        f" reviewed on {LAW.reviewed}. Not legal advice.",
        "requirements": [
            {
                "bom-ref": _duty(duty),
                "identifier": duty.id,
                "title": duty.article,
                "text": duty.demand,
                "properties": properties([("applies", duty.applies), ("binds", duty.subject)]),
            }
            for duty in duties
        ],
    }


def _attestation(system: System, some: Iterable[DutyAnswer]) -> Part:
    return {
        "summary": f"{system.project.name}, class {system.ai_class}: which fields of its record"
        " say something. What follows from the specs is not listed.",
        "assessor": _ASSESSOR,
        "map": [_entry(system, answer) for answer in some],
    }


def _entry(system: System, answer: DutyAnswer) -> Part:
    missing = ", ".join(answer.missing)
    rationale = "Every field says something" if answer.complete else f"Not answered: {missing}"
    return {
        "requirement": _duty(answer.duty),
        **({"claims": [_ref("claim", system, answer)]} if answer.complete else {}),
        "conformance": {
            "score": 1 if answer.complete else 0,
            "rationale": f"{rationale} ({answer.duty.article})",
        },
    }


def _claim(system: System, answer: DutyAnswer) -> Part:
    return {
        "bom-ref": _ref("claim", system, answer),
        "target": _system(system),
        "predicate": f"{answer.duty.id} is answered: {answer.duty.demand}",
        "evidence": [_ref("evidence", system, answer)],
    }


def _evidence(system: System, answer: DutyAnswer) -> Part:
    path = system.record.document.source.path if system.record else system.project.name
    return {
        "bom-ref": _ref("evidence", system, answer),
        "propertyName": f"roster:{answer.duty.field}",
        "description": f"What {path} and the specs that it binds say in {', '.join(answer.fields)}",
    }


def _target(system: System) -> Part:
    spec = system.project.spec
    return {
        "type": "application",
        "bom-ref": _system(system),
        "name": system.project.name,
        "description": spec.description,
        "properties": properties([("aiActClass", system.ai_class)]),
    }


def _system(system: System) -> str:
    return f"system:{system.project.name}"


def _duty(duty: Duty) -> str:
    return f"duty:{duty.id}"


def _ref(kind: str, system: System, answer: DutyAnswer) -> str:
    return f"{kind}:{system.project.name}:{answer.duty.id}"
