"""Files to Diagnostics: every Kubernetes object judged as its cluster would.

First the schema of its kind and version: those that come with kubernetes-validate, in their strict
form (an unknown field is an error), compiled once by jsonschema-rs; custom resources have closed
schemas of our own, and the CustomResourceDefinitions of the user's clusters. Then what no schema
says: the API server's rules, Argo CD's, and the admission policies that are emitted with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from compiler.admit import bom, gitops, pm2, transition
from compiler.admit.crds import Definitions
from compiler.admit.policies import judge
from compiler.admit.schemas import validators
from compiler.admit.semantics import REMOVED, duplicates, refusals
from compiler.diagnostic import Diagnostic, Label, Rule, Severity
from compiler.file import File
from compiler.source import Pos, Span

INVALID = Rule("object-invalid", Severity.ERROR, "a cluster would refuse a generated object")
UNKNOWN = Rule("object-unknown", Severity.ERROR, "there is no schema for a generated object")
TWICE = Rule("object-twice", Severity.ERROR, "two files hold one object")
POLICY = Rule("policy-invalid", Severity.ERROR, "an admission policy cannot be used")
DENIED = Rule("policy-denied", Severity.ERROR, "an admission policy denies a generated object")
WARNED = Rule("policy-warned", Severity.WARNING, "an admission policy warns of a generated object")
PROCESS = Rule("process-invalid", Severity.ERROR, "PM2 would drop or refuse what is generated")
BOM = Rule("bom-invalid", Severity.ERROR, "a BOM contradicts itself")
DEFINITION = Rule("definition-invalid", Severity.ERROR, "a CustomResourceDefinition cannot be used")
RULES = (
    INVALID,
    UNKNOWN,
    TWICE,
    POLICY,
    DENIED,
    WARNED,
    PROCESS,
    BOM,
    DEFINITION,
    *transition.RULES,
)

Object = Mapping[str, Any]


class Fault(NamedTuple):
    """A mistake in the object of a file: the field, the reason, and the policy that refuses it."""

    rule: Rule
    file: File
    field: str
    text: str
    label: Label | None = None


def admit(
    files: Iterable[File],
    definitions: Mapping[str, str] = {},
    admitted: frozenset[str] = frozenset(),
) -> tuple[Diagnostic, ...]:
    """Report what clusters would refuse, at the spec lines that it came from.

    Args:
        files: all generated files.
        definitions: the texts of CustomResourceDefinitions, by path.
        admitted: the seals of files that an earlier run judged and accepted, with the same
            definitions and the same compiler.
    """
    schemas, mistakes = Definitions.parse(definitions)
    files = tuple(files)
    objects = [file for file in files if file.object is not None]
    faults = [*_judge(_unjudged(objects, admitted), schemas)]
    broken = {fault.file.text for fault in faults}
    objects = [file for file in objects if file.text not in broken]  # already reported
    faults += _argo(objects)
    for cluster in _clusters(objects).values():
        faults += [*_twice(cluster), *_policies(cluster)]
    used = sorted({(_object(file)["apiVersion"], _object(file)["kind"]) for file in objects})
    faults += [Fault(PROCESS, *fault) for fault in pm2.refused(files)]
    faults += [Fault(BOM, *fault) for fault in bom.refused(_unjudged(files, admitted))]
    diagnostics = [_definition(*fault) for fault in (*mistakes, *schemas.faults(used))]
    return (*diagnostics, *_report(faults))


def _unjudged(files: Iterable[File], admitted: frozenset[str]) -> list[File]:
    return [file for file in files if seal(file) not in admitted]


def alone(file: File) -> bool:
    """Whether a file is judged without others, so that its verdict can be kept."""
    return file.object is not None or file.path.endswith(bom.SUFFIX)


def seal(file: File) -> str:
    """The digest of all that such a verdict depends on: the text and Kubernetes' version."""
    return f"{file.kubernetes} {file.digest}"


def _object(file: File) -> Object:
    assert file.object is not None, file.path
    return file.object


def _clusters(files: Iterable[File]) -> dict[str, list[File]]:
    clusters: dict[str, list[File]] = {}
    for file in files:
        clusters.setdefault(file.path.split("/")[1], []).append(file)
    return clusters


def _judge(files: Iterable[File], definitions: Definitions) -> Iterator[Fault]:
    """Judge objects by their schema, and valid ones by the server's other rules."""
    groups: dict[str, list[File]] = {}
    for file in files:
        groups.setdefault(file.kubernetes, []).append(file)
    for version, some in groups.items():
        kinds = frozenset((_object(f)["apiVersion"], _object(f)["kind"]) for f in some)
        schemas = validators(version, kinds)
        valid: set[str] = set()  # clusters hold many equal objects
        for file in some:
            if file.text not in valid:
                faults = [*_judge_one(version, file, schemas, definitions)]
                yield from faults
                valid |= set() if faults else {file.text}


def _judge_one(
    version: str, file: File, schemas: Mapping[tuple[str, str], Any], definitions: Definitions
) -> Iterator[Fault]:
    object = _object(file)
    kind = object["apiVersion"], object["kind"]
    schema = schemas.get(kind)
    if schema is None and kind not in definitions.kinds and kind not in REMOVED:
        text = f"Kubernetes {version} has no {kind[1]} in {kind[0]}"
        yield Fault(UNKNOWN, file, "", text)
        return
    if schema is not None and not schema.is_valid(object):
        error = next(iter(schema.iter_errors(object)))
        yield Fault(INVALID, file, ".".join(map(str, error.instance_path)), error.message)
        return
    for field, text in definitions.refused(object) if kind in definitions.kinds else ():
        yield Fault(INVALID, file, field, text)
    for field, text in refusals(object):
        yield Fault(INVALID, file, field, text)


def _argo(files: Iterable[File]) -> Iterator[Fault]:
    by_path = {file.path: file for file in files}
    for path, field, text in gitops.faults((path, _object(f)) for path, f in by_path.items()):
        yield Fault(INVALID, by_path[path], field, text)


def _twice(files: list[File]) -> Iterator[Fault]:
    for first, second in duplicates(map(_object, files)):
        yield Fault(TWICE, files[second], "", f"`{files[first].path}` holds the same object")


def _policies(files: list[File]) -> Iterator[Fault]:
    """Judge the objects of a cluster by its admission policies."""
    places = {
        _object(file)["metadata"]["name"]: Label(file.origins[0].span, "this policy")
        for file in files
        if _object(file)["kind"] == "ValidatingAdmissionPolicy"
    }
    for judgement in judge([(file, _object(file)) for file in files]):
        own = _object(judgement.key)["apiVersion"].startswith("admissionregistration.k8s.io/")
        rule = (POLICY if own else DENIED) if judgement.denied else WARNED
        yield Fault(
            rule,
            judgement.key,
            "",
            f"{judgement.policy}: {judgement.message}",
            places.get(judgement.policy),
        )


def _report(faults: Iterable[Fault]) -> Iterator[Diagnostic]:
    """One diagnostic for each place and reason, however many files share them."""
    places: dict[tuple[str, Span, str, str], list[Fault]] = {}
    for fault in faults:
        key = fault.rule.code, fault.file.origin(fault.field).span, fault.field, fault.text
        places.setdefault(key, []).append(fault)
    for (_, span, field, text), some in places.items():
        (rule, _, _, _, label), paths = some[0], [fault.file.path for fault in some]
        more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
        where = f"{field}: " if field else ""
        related = [label] if label is not None and label.span != span else []
        yield rule.at(span, f"`{paths[0]}`{more}: {where}{text}", related=related)


def _definition(path: str, line: int, message: str) -> Diagnostic:
    return DEFINITION.at(Span(path, Pos(line, 1), Pos(line, 1)), message)
