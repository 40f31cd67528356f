"""Jinja2, bound so that a template can only write what its facts say. Nothing else imports it.

There is no attribute with an underscore, no call but of macros and the functions below, no
arithmetic but sums of numbers, and no other file. Loops, calls and output count against a budget
where the organisation has templates of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, cast

from jinja2 import (
    BaseLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
    pass_environment,
    pass_eval_context,
)
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from compiler.emit.format.json import on_one_line
from compiler.emit.format.kinds import FILTERS, FUNCTIONS, Kind, joined, kind_of
from compiler.emit.format.markdown import plain
from compiler.emit.format.page import Misuse
from compiler.emit.format.template import ORIGINAL, Outline, originals
from compiler.source import TEMPLATES, Source

_STEPS, _CHARACTERS = 1_000_000, 32_000_000
_ERRORS = (
    TemplateError, Misuse, ArithmeticError, AttributeError, LookupError, TypeError, ValueError,
    RecursionError, MemoryError, SyntaxError,
)  # fmt: skip
"""What a template can fail with: Jinja's own errors, and those of Python's operators."""
_ABSENT = object()
_CALLABLE = frozenset(id(function) for function in FUNCTIONS.values())


class Failure(Exception):  # noqa: N818 - it says why and where, and becomes a diagnostic
    """A template fails: why, and the files and lines that led there, outermost first."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(_reason(error))
        self.lines = tuple(_lines(error))


def document(own: tuple[Source, ...], name: str, facts: Mapping[str, object]) -> str:
    """The document that a template makes; `own` are the organisation's templates.

    Raises:
        Failure: the template has own parts and fails, while the original does not.
    """
    try:
        return _environment(own, kind_of(name)).document(name, facts)
    except _ERRORS as error:
        if not own:
            raise
        document((), name, facts)  # where the original fails too, the fault is not the user's
        raise Failure(error) from error


def outline(own: tuple[Source, ...], name: str) -> Outline:
    """The parts of the template that has a name, the organisation's before the original.

    Raises:
        Failure: it cannot be read.
    """
    environment = _environment(own, kind_of(name))
    try:
        environment.get_template(name)
    except _ERRORS as error:
        raise Failure(error) from error
    tree = environment.parse(_Loader(own).get_source(environment, name)[0])
    extends = tree.find(nodes.Extends)
    target = extends.template if extends else None
    name_of = target.value if isinstance(target, nodes.Const) else None
    return Outline(
        (name_of, extends.lineno) if extends else None,
        {block.name: block.lineno for block in tree.find_all(nodes.Block)},
        tuple(_outside(tree)),
    )


def _outside(tree: nodes.Template) -> Iterator[int]:
    for output in tree.body:
        for node in output.nodes if isinstance(output, nodes.Output) else ():
            if not isinstance(node, nodes.TemplateData):
                yield node.lineno
            elif text := node.data.strip():
                yield node.lineno + node.data.count("\n", 0, node.data.index(text))


def _lines(error: BaseException) -> Iterator[tuple[str, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, TemplateSyntaxError):
        yield error.filename or "", error.lineno


def _reason(error: BaseException) -> str:
    if isinstance(error, RecursionError):
        return "the template is nested too deeply, or calls itself without end"
    if isinstance(error, TemplateNotFound):
        return f"there is no template `{error.name}`"
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    line = plain(text) or type(error).__name__
    return f"the template fails: {line[0].lower()}{line[1:]}".rstrip(".")


# --- The environment


class _Missing(StrictUndefined):
    """A name that is not among the facts: any use of it is an error."""

    @property
    def _undefined_message(self) -> str:
        return self._undefined_hint or f"there is no `{self._undefined_name}` among the facts"


class _Loader(BaseLoader):
    def __init__(self, own: Iterable[Source]) -> None:
        self._own = {s.path.removeprefix(TEMPLATES): s for s in own}

    def get_source(self, environment: Any, template_name: str) -> tuple[str, str, Any]:
        name = template_name.removeprefix(ORIGINAL)
        if name == template_name and name in self._own:
            return self._own[name].text, self._own[name].path, None
        if name not in originals():
            raise TemplateNotFound(template_name)
        return originals()[name], f"compiler/templates/{name}", None


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja2 with the rules above, for one kind of document."""

    intercepted_binops = frozenset(["+", "-", "*", "/", "//", "**", "%"])

    def __init__(self, own: tuple[Source, ...], kind: Kind) -> None:
        super().__init__(
            loader=_Loader(own),
            undefined=_Missing,
            finalize=_finalizer(kind.value),
            autoescape=True,
            auto_reload=False,
            cache_size=-1,
            trim_blocks=True,
            lstrip_blocks=True,
            optimized=False,
            **{f"{name}_string": text for name, text in kind.delimiters._asdict().items()},
        )
        self._kind, self._bounded = kind, bool(own)
        self._steps = self._characters = 0
        self.globals = dict(FUNCTIONS)
        self.filters = {
            **FILTERS,
            "json": _json,
            "join": self._joined,
            "counted": self._counted,
        }

    def document(self, name: str, facts: Mapping[str, object]) -> str:
        """What a template makes of facts."""
        self._steps = self._characters = 0
        return self._kind.finish(self.get_template(name).render(**facts))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(self._kind.with_breaks(source), name, filename)
        for node in tree.find_all(nodes.Concat):
            raise TemplateSyntaxError(
                "texts are not joined with `~`: write them side by side",
                node.lineno,
                name,
                filename,
            )
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        tree.set_environment(self)
        return tree

    def _counted(self, items: Iterable[Any]) -> Iterable[Any]:
        return self._steps_through(items) if self._bounded else items

    def _steps_through(self, items: Iterable[Any]) -> Iterator[Any]:
        for item in items:
            self._step()
            yield item

    def _joined(self, items: Iterable[Any], by: str = ", ") -> tuple[Any, ...]:
        parts = tuple(items)
        self.weigh(parts)
        return joined(parts, by)

    def weigh(self, value: object) -> None:
        """Count the parts of a value: a template can nest one in itself again and again."""
        if self._bounded and isinstance(value, tuple | list):
            for part in value:
                self._step()
                self.weigh(part)

    def _step(self) -> None:
        self._steps += 1
        if self._bounded and self._steps > _STEPS:
            raise SecurityError(f"more than {_STEPS} steps are needed")

    def concat(self, pieces: Iterable[str]) -> str:
        """Join what a template, block or macro wrote."""
        if not self._bounded:
            return "".join(pieces)
        kept = []
        for piece in pieces:
            self._characters += len(piece)
            if self._characters > _CHARACTERS:
                raise SecurityError(f"more than {_CHARACTERS} characters are written")
            kept.append(piece)
        return "".join(kept)

    def _load_template(self, name: str, globals: Any) -> Any:
        """Count it: a template that includes itself again and again runs out of steps."""
        self._step()
        return super()._load_template(name, globals)

    def call(self, context: Context, function: Any, *args: Any, **kwargs: Any) -> Any:
        """Call what a template may call."""
        self._step()
        if isinstance(function, Undefined):
            str(function)  # raises, and names it
        if id(function) not in _CALLABLE and not isinstance(
            function, Macro | BlockReference | LoopContext
        ):
            raise SecurityError("only macros and functions of pages can be called")
        result = context.call(function, *args, **kwargs)
        return result.strip("\n") if isinstance(result, Markup) else result

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Sums of numbers; texts are joined on the page alone, where they are escaped."""
        if operator not in ("+", "-") or type(left) is not int or type(right) is not int:
            raise SecurityError("only whole numbers are added and subtracted")
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A fact by its name: of a mapping only its items, never its methods."""
        if type(obj) is dict:
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if not self._bounded and (value := getattr(obj, attribute, _ABSENT)) is not _ABSENT:
            return value  # our own templates need no sandbox
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """An item of a fact; not a piece of what a macro or block wrote."""
        if isinstance(obj, Markup):
            raise SecurityError("what a macro wrote can only be shown")
        return super().getitem(obj, argument)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template can read an attribute."""
        return not isinstance(obj, Markup) and super().is_safe_attribute(obj, attr, value)


def _finalizer(write: Callable[[object], str]) -> Callable[..., Markup]:
    """What each `{{ value }}` passes: only what a macro or block wrote is markup already."""

    @lru_cache(maxsize=1 << 14)
    def escape(text: str) -> Markup:
        return Markup(write(text))  # noqa: S704 - this is what escapes

    @pass_eval_context  # so that constants are not written when the template is compiled
    def finalize(context: nodes.EvalContext, value: object) -> Markup:
        if isinstance(value, Markup):
            return value
        if type(value) is str:
            return escape(value)
        if isinstance(value, Undefined):
            str(value)  # raises
        if isinstance(value, tuple):
            cast("_Environment", context.environment).weigh(value)
        return Markup(write(value))  # noqa: S704 - this is what escapes

    return finalize


@pass_environment
def _json(environment: _Environment, value: object) -> Markup:
    environment.weigh(value)
    return Markup(on_one_line(value))  # noqa: S704 - a script's JSON on one line is no markup


@lru_cache(maxsize=16)
def _environment(own: tuple[Source, ...], kind: Kind) -> _Environment:
    return _Environment(own, kind)
