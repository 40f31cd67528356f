"""Documents to Resources: from any data to data which has a type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from pydantic import ConfigDict, ValidationError

from compiler.diagnostic import Diagnostic, Rule, Severity, did_you_mean, nearest
from compiler.graph import Broken, Resource, ResourceId
from compiler.model import KINDS, MANIFESTS, Locked, Spec
from compiler.model.base import Line, Model, Name
from compiler.model.manifest import ADMISSION
from compiler.model.wording import expected, fields_at
from compiler.parse import Document
from compiler.source import Route

SHAPE = Rule("wrong-shape", Severity.ERROR, "a value is missing or not what the field takes")
FIELD = Rule("unknown-field", Severity.ERROR, "a field that the kind does not have")
KIND = Rule("unknown-kind", Severity.ERROR, "no such kind")
FOLDER = Rule("wrong-folder", Severity.ERROR, "a resource lies where nobody looks for it")
RULES = (SHAPE, FIELD, KIND, FOLDER)

Found = tuple[Diagnostic, ...]
MAX_PROBLEMS, MAX_TEXTS = 100, 1000  # of one document: a hostile one has no end of them
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)


class _Metadata(Model):
    name: Name
    owner: Line | None = None


class _Labelled(_Metadata):
    model_config = ConfigDict(extra="allow")


class Envelope(Model):
    """What every document has around its spec."""

    apiVersion: str
    kind: str
    metadata: _Metadata
    spec: dict[str, Any]


class _Foreign(Envelope):
    """What an object of Kubernetes has around its spec."""

    metadata: _Labelled


def decode(
    document: Document, locked: Locked = MappingProxyType({})
) -> tuple[tuple[Resource[Spec] | Broken, ...], Found]:
    """The resource of one document; a Broken one where its name is all that is known.

    `locked` has digests for images that a spec names by their tags only.
    """
    if not isinstance(document.data, dict):
        help = "write `apiVersion`, `kind`, `metadata` and `spec`"
        return (), (SHAPE.at(document.at(), "the document is not a mapping", help=help),)
    if document.data.get("apiVersion") == ADMISSION:
        return _manifest(document)
    envelope, found = _typed(Envelope, document.data, document, ())
    if envelope is None:
        return _broken(document), found
    if envelope.apiVersion != "roster/v1":
        message = f"there is no version `{envelope.apiVersion}`"
        span = document.at("apiVersion")
        return _broken(document), (SHAPE.at(span, message, help="write `roster/v1`"),)
    name = envelope.metadata.name
    if name in _RESERVED:
        span = document.at("metadata", "name")
        message = f"`{name}` is no file name on Windows"
        return _broken(document), (SHAPE.at(span, message, help="choose another one"),)
    cls = KINDS.get(envelope.kind)
    if cls is None:
        return (), (_no_kind(document, envelope.kind, KINDS),)
    spec, found = _typed(cls, envelope.spec, document, ("spec",), locked)
    found += tuple(_misplaced(document, cls, name))
    id = ResourceId(envelope.kind, name)
    if spec is None:
        return (Broken(id, document),), found
    return (Resource(id, spec, document),), found


def _manifest(document: Document) -> tuple[tuple[Resource[Spec] | Broken, ...], Found]:
    """An object of Kubernetes: what its spec holds is judged later, as that of all objects is."""
    envelope, found = _typed(_Foreign, document.data, document, ())
    if envelope is None:
        return _broken(document), found
    cls = MANIFESTS.get(envelope.kind)
    if cls is None:
        return (), (_no_kind(document, envelope.kind, MANIFESTS),)
    id = ResourceId(envelope.kind, envelope.metadata.name)
    return (Resource(id, cls(), document),), tuple(_misplaced(document, cls, id.name))


def _no_kind(document: Document, kind: str, known: Mapping[str, object]) -> Diagnostic:
    help = did_you_mean(kind, known) or f"use one of {', '.join(sorted(known))}"
    return KIND.at(document.at("kind"), f"there is no kind `{kind}`", help=help)


def _broken(document: Document) -> tuple[Broken, ...]:
    """What is named by a document whose envelope is wrong, as far as it says."""
    kind, metadata = document.data.get("kind"), document.data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    if isinstance(kind, str) and isinstance(name, str):
        return (Broken(ResourceId(kind, name), document),)
    return ()


def _misplaced(document: Document, cls: type[Spec], name: str) -> Iterator[Diagnostic]:
    """Where a kind lies outside of its folders, or a project in a folder of another name."""
    folder = document.source.path.rpartition("/")[0]
    fits = any(
        fnmatchcase(folder, pattern) and folder.count("/") == pattern.count("/")
        for pattern in cls.FOLDERS
    )
    if not fits:
        where = " or ".join(f"`{folder.replace('*', '<name>')}/`" for folder in cls.FOLDERS)
        message = f"`{cls.KIND}` does not belong in `{folder or '.'}/`"
        yield FOLDER.at(document.at("kind"), message, help=f"move it to {where}")
    elif cls.KIND == "Project" and folder != f"projects/{name}":
        message = f"project `{name}` does not belong in `{folder}/`"
        help = f"move it to `projects/{name}/`, or name it after its folder"
        yield FOLDER.at(document.at("metadata", "name"), message, help=help)


def _typed(
    cls: type[Any], data: Any, document: Document, under: Route, locked: Locked | None = None
) -> tuple[Any, Found]:
    """`data` as `cls`; a number where text is meant is read as it was written."""
    for _ in range(2):
        try:
            return cls.model_validate(data, context=locked), ()
        except ValidationError as error:
            problems = error.errors(include_url=False, include_context=True)
        texts = [p for p in problems if p["type"] == "string_type" and hasattr(p["input"], "raw")]
        if not texts:
            break
        for problem in texts[:MAX_TEXTS]:
            data = _replace(data, problem["loc"], problem["input"].raw)
    problems = _separate(problems[:MAX_PROBLEMS], document, under)
    return None, tuple(_explain(cls, problems, document, under))


def _replace(data: Any, route: Route, text: str) -> Any:
    """A copy of `data` with `text` at `route`; parts that only name a type are skipped."""
    if not route:
        return text
    head, rest = route[0], route[1:]
    if isinstance(data, dict) and head in data:
        return {**data, head: _replace(data[head], rest, text)}
    if isinstance(data, tuple) and isinstance(head, int):
        return (*data[:head], _replace(data[head], rest, text), *data[head + 1 :])
    return _replace(data, rest, text)


def _separate(problems: Iterable[Any], document: Document, under: Route) -> list[Any]:
    """One problem for each place: where a union refuses a value, its likeliest member speaks."""
    known: dict[Route, Any] = {}
    lists: set[Route] = set()  # where a list could stand too
    for problem in problems:
        route = _known(document.data, (*under, *problem["loc"]))
        if problem["type"] in {"missing", "extra_forbidden"}:
            route = (*route, problem["type"], problem["loc"][-1])
        if problem["type"] == "tuple_type":
            lists.add(route)
        if route not in known or _likelier(problem, known[route]):
            known[route] = problem
    deeper = {route[:n] for route in known for n in range(len(route))}
    return [
        {**problem, "list": route in lists}
        for route, problem in known.items()
        if route not in deeper or problem["type"] == "missing"
    ]


def _likelier(problem: Any, other: Any) -> bool:
    """Whether a union's member speaks for the value: a word is meant for the words."""
    if problem["type"] == "literal_error":
        return isinstance(problem["input"], str)
    return other["type"] == "literal_error" and not isinstance(problem["input"], str)


def _known(data: Any, route: Route) -> Route:
    """The parts of `route` that lead through `data`."""
    kept: list[str | int] = []
    for part in route:
        if isinstance(data, dict):
            inside = part in data
        else:
            inside = isinstance(data, tuple) and isinstance(part, int) and part < len(data)
        if inside:
            data = data[part]
            kept.append(part)
    return tuple(kept)


def _explain(
    cls: type[Any], problems: Iterable[Any], document: Document, under: Route
) -> Iterator[Diagnostic]:
    meant: set[Route] = set()  # a misspelt field is not missing as well
    for problem in sorted(problems, key=lambda p: str(p["type"]) != "extra_forbidden"):
        route = (*under, *problem["loc"])
        if problem["type"] == "union_tag_invalid":
            route = (*route, problem["ctx"]["discriminator"].strip("'"))
        if problem["type"] == "extra_forbidden":
            known = fields_at(cls, problem["loc"][:-1])
            meant.update((*route[:-1], name) for name in nearest(str(route[-1]), known))
            yield _unknown(known, document, route)
        elif route not in meant:
            yield _wrong(cls, problem, document, route)


def _wrong(
    cls: type[Any], problem: Mapping[str, Any], document: Document, route: Route
) -> Diagnostic:
    missing, of_key = problem["type"] == "missing", route[-1:] == ("[key]",)
    span = document.key_at(*route) if missing or of_key else document.at(*route)
    name = ".".join(map(str, (*_known(document.data, route), *route[-1:][: int(missing)])))
    message, help = expected(problem, fields_at(cls, problem["loc"][:-1]))
    return SHAPE.at(span, f"`{name}` {message}" if name else message, help=help)


def _unknown(known: Mapping[str, object], document: Document, route: Route) -> Diagnostic:
    help = did_you_mean(str(route[-1]), known)
    help = help or (f"the fields here are {', '.join(sorted(known))}" if known else "remove it")
    return FIELD.at(document.key_at(*route), f"there is no field `{route[-1]}` here", help=help)
