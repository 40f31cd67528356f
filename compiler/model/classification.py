"""The answers that an agent's class under the EU AI Act follows from."""

from typing import Annotated, Literal

from pydantic import Field

from compiler.model.base import Model, Prose, about

PROHIBITED = {
    "a": "subliminal, manipulative or deceptive techniques that cause significant harm",
    "b": "exploiting vulnerabilities of age, disability or social situation",
    "ba": "making intimate images or sounds of a person without consent",
    "bb": "making or spreading material of sexual abuse of children",
    "c": "social scoring that leads to unjustified treatment",
    "d": "predicting crimes of a person from profiling or traits alone",
    "e": "scraping faces from the internet or from cameras into databases",
    "f": "inferring emotions at work or in education, other than for health or safety",
    "g": "categorising persons by biometrics for race, opinions, beliefs or orientation",
    "h": "remote biometric identification in public, in real time, for law enforcement",
}

AnnexIIIPoint = Literal[
    "1(a)", "1(b)", "1(c)", "2", "3(a)", "3(b)", "3(c)", "3(d)", "4(a)", "4(b)", "5(a)", "5(b)",
    "5(c)", "5(d)", "6(a)", "6(b)", "6(c)", "6(d)", "6(e)", "7(a)", "7(b)", "7(c)", "7(d)", "8(a)",
    "8(b)",
]  # fmt: skip


def _practice(letter: str) -> bool | None:
    field: bool | None = about(f"Art. 5(1)({letter}): {PROHIBITED[letter]}", None)
    return field


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
