"""Diagnostics for programs: JSON (version 1), SARIF 2.1.0, GitHub workflow commands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from json import dumps
from typing import Any

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.source import Pos, Span


def json(diagnostics: Iterable[Diagnostic]) -> str:
    """JSON in the form of the command line's contract; ends with a line break."""
    results = [
        {
            "code": d.code,
            "severity": str(d.severity),
            "message": d.message,
            "path": d.span.path,
            "start": _pos(d.span.start),
            "end": _pos(d.span.end),
            "help": d.help,
            "related": [
                {**_place(label.span), "text": label.text} for label in (*d.related, *d.evidence)
            ],
        }
        for d in diagnostics
    ]
    return dumps({"version": 1, "diagnostics": results}, indent=2, ensure_ascii=False) + "\n"


def _pos(pos: Pos) -> dict[str, int]:
    return {"line": pos.line, "column": pos.column}


def _place(span: Span) -> dict[str, Any]:
    return {"path": span.path, "start": _pos(span.start), "end": _pos(span.end)}


def sarif(diagnostics: Iterable[Diagnostic], rules: Mapping[str, Rule]) -> str:
    """A SARIF log for code scanning; `rules` describe the codes."""
    results = tuple(diagnostics)
    driver = {
        "name": "roster",
        "rules": [
            {"id": code, "shortDescription": {"text": rules[code].summary}}
            for code in sorted({d.code for d in results})
            if code in rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(d) for d in results],
    }
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return dumps(log, indent=2, ensure_ascii=False) + "\n"


def _result(d: Diagnostic) -> dict[str, Any]:
    text = f"{d.message}. {d.help}" if d.help else d.message
    return {
        "ruleId": d.code,
        "level": "error" if d.severity is Severity.ERROR else "warning",
        "message": {"text": text},
        "locations": [_location(d.span)],
        "relatedLocations": [
            {**_location(label.span), "message": {"text": label.text}}
            for label in (*d.related, *d.evidence)
        ],
    }


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": span.path}, "region": region}}


def github(diagnostics: Iterable[Diagnostic]) -> str:
    """A GitHub workflow command for each, which annotates the line."""
    return "".join(_command(d) for d in diagnostics)


def _command(d: Diagnostic) -> str:
    text = f"{d.message}\n{d.help}" if d.help else d.message
    places = {
        "file": d.span.path,
        "line": d.span.start.line,
        "col": d.span.start.column,
        "endLine": d.span.end.line,
        "endColumn": d.span.end.column,
        "title": d.code,
    }
    fields = ",".join(f"{name}={_field(str(value))}" for name, value in places.items())
    return f"::{d.severity} {fields}::{_data(text)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
