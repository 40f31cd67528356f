"""Literal secrets in any input, found in its raw text, and never repeated.

The text is searched as it stands: a duplicate key hides a secret from whatever reads the data.
Shapes are those that issuers document for their tokens; a password inside a URL is one as well.
"""

from __future__ import annotations

import re

from compiler.diagnostic import Diagnostic, Rule, Severity
from compiler.source import Pos, Source, Span

SECRET = Rule("secret-literal", Severity.ERROR, "a secret stands in a file")
RULES = (SECRET,)

_SHAPES = {
    "an AWS access key id": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "an AWS secret key": r"(?i:aws.{0,20}secret.{0,20}[:=]\s*[\"']?)[0-9A-Za-z/+]{40}\b",
    "a GitHub token": r"\bgh[pousr]_[0-9A-Za-z]{36,}|\bgithub_pat_[0-9A-Za-z_]{60,}",
    "a GitLab token": r"\bglpat-[0-9A-Za-z_-]{20,}",
    "an Anthropic key": r"\bsk-ant-[0-9A-Za-z_-]{20,}",
    "an OpenAI key": r"\bsk-(?:proj-|svcacct-)?[0-9A-Za-z_-]{32,}",
    "a Stripe key": r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}|\bwhsec_[0-9A-Za-z]{24,}",
    "a Slack token": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}|\bxapp-[0-9]-[0-9A-Za-z-]{10,}",
    "a Slack webhook": r"hooks\.slack\.com/services/T[0-9A-Z]+/B[0-9A-Z]+/[0-9A-Za-z]{16,}",
    "a Google API key": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a Google OAuth secret": r"\bGOCSPX-[0-9A-Za-z_-]{28}\b",
    "a Notion token": r"\bntn_[0-9A-Za-z]{40,}|\bsecret_[0-9A-Za-z]{43}\b",
    "a Figma token": r"\bfigd_[0-9A-Za-z_-]{40,}",
    "a Pinecone key": r"\bpcsk_[0-9A-Za-z_]{40,}",
    "an npm token": r"\bnpm_[0-9A-Za-z]{36}\b",
    "a PyPI token": r"\bpypi-AgEIcHlwaS5vcmc[0-9A-Za-z_-]{40,}",
    "a Docker token": r"\bdckr_pat_[0-9A-Za-z_-]{27}\b",
    "a Hugging Face token": r"\bhf_[0-9A-Za-z]{34}\b",
    "a Vault token": r"\bhv[sbr]\.[0-9A-Za-z_-]{24,}",
    "a SendGrid key": r"\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}\b",
    "a Grafana token": r"\bgl(?:c|sa)_[0-9A-Za-z+/=_]{32,}",
    "a JSON Web Token": r"\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{10,}",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----",
    "an age key": r"\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b",
    "a password in a URL": r"\b[a-z][a-z0-9+.-]*://[^\s:/@\"'{}$<>]+:(?![$<{])[^\s@/\"']{3,}@",
    "a password": (
        r"(?i:\b[a-z0-9_-]*(?:password|passwd|pwd|secret_key|api_?key|auth_?token|access_?token))"
        r"[\"']?\s*[:=]\s*[\"']?(?![$<{*])[^\s\"'{}\[\],$<>]{8,}"
    ),
}
_ANY = re.compile("|".join(f"(?P<_{i}>{shape})" for i, shape in enumerate(_SHAPES.values())))
_HINT = re.compile(
    r"_|-----|://|AKIA|ASIA|AIza|GOCSPX|AGE-|eyJ|SG\.|hv[sbr]\.|sk-|glpat|xox|xapp|hooks|pypi-"
    r"|(?i:pass|pwd|key|token|aws)"
)
_NAMES = tuple(_SHAPES)


def scan(source: Source) -> list[Diagnostic]:
    """One diagnostic for each literal secret; what it says never holds the value."""
    return [
        _diagnostic(source.path, number, match)
        for number, line in enumerate(source.text.split("\n"), start=1)
        if _HINT.search(line)
        for match in _ANY.finditer(line)
    ]


def _diagnostic(path: str, line: int, match: re.Match[str]) -> Diagnostic:
    name = _NAMES[int(str(match.lastgroup)[1:])]
    start = Pos(line, match.start() + 1)
    return SECRET.at(
        Span(path, start, Pos(line, match.end() + 1)),
        f"this looks like {name}",
        help="revoke it, put a new one into the secret store and name its key under `secrets`",
    )
