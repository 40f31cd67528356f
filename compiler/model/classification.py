"""What decides on an agent's class under the EU AI Act: answers, each of them on record."""

from typing import Annotated, Literal

from pydantic import Field

from compiler.ai_act.law import PROHIBITED, AnnexIIIPoint
from compiler.model.base import Model, Prose, about


def _practice(letter: str) -> bool | None:
    found: bool | None = about(f"Art. 5(1)({letter}): {PROHIBITED[letter]}", None)
    return found


class Prohibited(Model):
    """The practices that Art. 5(1) prohibits: whether the agent does them."""

    a: bool | None = _practice("a")
    b: bool | None = _practice("b")
    ba: bool | None = _practice("ba")
    bb: bool | None = _practice("bb")
    c: bool | None = _practice("c")
    d: bool | None = _practice("d")
    e: bool | None = _practice("e")
    f: bool | None = _practice("f")
    g: bool | None = _practice("g")
    h: bool | None = _practice("h")


class Derogation(Model):
    """Why a use of Annex III is not of high risk (Art. 6(3))."""

    condition: Literal["a", "b", "c", "d"] | None = about(
        "narrow procedural task; improves a finished human activity; detects patterns without"
        " replacing a person's judgement; prepares an assessment",
        None,
    )
    grounds: Prose | None = about("why that holds here", None)
    profiling: bool | None = about("whether it profiles persons, which rules this out", None)


class Classification(Model):
    """The answers that the agent's class follows from."""

    prohibited: Prohibited = about("practices that must not exist", Prohibited())
    annexIII: Literal["none"] | Annotated[tuple[AnnexIIIPoint, ...], Field(min_length=1)] | None = (
        about("the points of Annex III that it is used for, or `none`", None)
    )
    safetyComponent: bool = about(
        "whether it is, or is a safety component of, a product of Annex I", False
    )
    derogation: Derogation | None = about("why a use of Annex III is not of high risk", None)
    interactsWithPersons: bool = about("whether people outside of the team talk to it", False)
    generates: tuple[Literal["text", "image", "audio", "video"], ...] = about(
        "what it makes that reaches people outside of the team", ()
    )
    emotionOrBiometric: bool = about("whether it reads emotions, or sorts by biometrics", False)
    publicText: bool = about("whether it makes deep fakes, or texts that inform the public", False)
    personalData: bool = about("whether it takes data of persons", False)


class Separability(Model):
    """Whether a workflow's members can be judged apart from each other."""

    separable: bool = about("whether each member has a purpose of its own here", False)
    rationale: Prose | None = about("why their results do not work together", None)
