"""Search any input for literal secrets; a message never repeats one.

The raw text is searched, not the data, in which a duplicate key would hide a secret.
Shapes are those that issuers document for their tokens; a password inside a URL counts as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.source import Pos, Source, Span

SECRET = Rule("secret-literal", Severity.ERROR, "a file has a literal secret")
RULES = (SECRET,)

_SHAPES: dict[str, tuple[str, str]] = {  # what it looks like: words that it needs, and its shape
    "an AWS access key id": ("AKIA ASIA", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "an AWS secret key": (
        "aws",
        r"(?i:aws.{0,20}secret.{0,20}[:=]\s*[\"']?)[0-9A-Za-z/+]{40}\b",
    ),
    "a GitHub token": (
        "ghp_ gho_ ghu_ ghs_ ghr_ github_pat_",
        r"\bgh[pousr]_[0-9A-Za-z]{36,}|\bgithub_pat_\w{60,}",
    ),
    "a GitLab token": ("glpat-", r"\bglpat-[0-9A-Za-z_-]{20,}"),
    "an Anthropic key": ("sk-ant-", r"\bsk-ant-[0-9A-Za-z_-]{20,}"),
    "an OpenAI key": ("sk-", r"\bsk-(?!ant-)(?:proj-|svcacct-)?[0-9A-Za-z_-]{32,}"),
    "a Stripe key": (
        "rk_live rk_test sk_live sk_test whsec_",
        r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}|\bwhsec_\w{24,}",
    ),
    "a Slack token": ("xox xapp", r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}|\bxapp-\d-[0-9A-Za-z-]{10,}"),
    "a Slack webhook": ("hooks.slack", r"hooks\.slack\.com/services/T\w+/B\w+/[0-9A-Za-z]{16,}"),
    "a Google API key": ("AIza", r"\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
    "a Google OAuth secret": ("GOCSPX-", r"\bGOCSPX-[0-9A-Za-z_-]{28}"),
    "a Notion token": ("ntn_ secret_", r"\bntn_[0-9A-Za-z]{40,}|\bsecret_[0-9A-Za-z]{43}\b"),
    "a Figma token": ("figd_", r"\bfigd_[0-9A-Za-z_-]{40,}"),
    "a Pinecone key": ("pcsk_", r"\bpcsk_[0-9A-Za-z_]{40,}"),
    "an npm token": ("npm_", r"\bnpm_[0-9A-Za-z]{36}\b"),
    "a PyPI token": ("pypi-", r"\bpypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{40,}"),
    "a Docker token": ("dckr_pat_", r"\bdckr_pat_[0-9A-Za-z_-]{27}"),
    "a Hugging Face token": ("hf_", r"\bhf_[0-9A-Za-z]{34}\b"),
    "a Vault token": ("hvs. hvb. hvr.", r"\bhv[sbr]\.[0-9A-Za-z_-]{24,}"),
    "a SendGrid key": ("SG.", r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}"),
    "a Grafana token": ("glc_ glsa_", r"\bgl(?:c|sa)_[0-9A-Za-z+/=_]{32,}"),
    "a JSON Web Token": ("eyJ", r"\beyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,}"),
    "a private key": ("-----begin", r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    "an age key": ("AGE-SECRET-KEY", r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b"),
    "a password in a URL": (
        "://",
        r"(?<![a-zA-Z0-9+.-])[a-z][a-z0-9+.-]*://[^\s:/@\"'{}$<>]+:(?![$<{])[^\s@/\"']{3,}@",
    ),
    "a password": (
        "passw pwd secret_key secretkey api_key apikey h_token htoken s_token stoken",
        (
            r"(?i:(?<![a-z0-9_-])[a-z0-9_-]*(?:password|passwd|pwd|secret_?key|api_?key|auth_?token|access_?token))"
            r"[\"']?[^\S\n]*[:=][^\S\n]*[\"']?(?![$<{*])[^\s\"'{}\[\],$<>]{8,}"
        ),
    ),
}
_ESCAPE = re.compile(r"\\(?:x|u00|U000000)([0-9A-Fa-f]{2})")
_RULES = tuple(
    (name, tuple(word.lower() for word in words.split(" ")), shape)
    for name, (words, shape) in _SHAPES.items()
)


def scan(source: Source) -> list[Diagnostic]:
    """One diagnostic for each literal secret; its message never has the value."""
    secrets = {span.start: (name, span) for name, span in _matches(source.path, source.text)}
    unescaped = _ESCAPE.sub(_character, source.text)
    if unescaped != source.text:
        lines = source.text.split("\n")
        for name, span in _matches(source.path, unescaped):
            if span.start not in secrets:
                number = span.start.line
                end = Pos(number, len(lines[number - 1]) + 1)
                secrets[Pos(number, 1)] = (name, Span(source.path, Pos(number, 1), end))
    return [
        SECRET.at(
            span,
            f"this looks like {name}",
            help="revoke it, put a new one into the secret store and name its key in `secrets`",
        )
        for name, span in secrets.values()
    ]


def _character(escape: re.Match[str]) -> str:
    """The character of an escape in YAML or JSON, if it is printable; else the escape."""
    code = int(escape[1], 16)
    return chr(code) if 0x20 < code < 0x7F else escape[0]


def _matches(path: str, text: str) -> Iterator[tuple[str, Span]]:
    lower = text.lower()
    for name, words, shape in _RULES:
        if any(word in lower for word in words):
            for match in re.finditer(shape, text):
                line = text.count("\n", 0, match.start()) + 1
                column = match.start() - text.rfind("\n", 0, match.start())
                start = Pos(line, column)
                yield name, Span(path, start, Pos(line, column + len(match[0])))
