"""A stack's two files: PM2's ecosystem, and the other facts about its apps.

Facts about PM2 7 behind it: it recognises `.config.cjs` whatever `type` the package.json around it
has, resolves a relative script against the caller's folder, and drops keys that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from compiler.emit.format.json import dump
from compiler.emit.pm2.apps import App
from compiler.file import File, Origin

_HEAD = """\
// Written by roster; edit the specs instead.
const path = require("node:path");
const ROOT = path.resolve(__dirname, "../../..");
const need = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
};
"""
_TAIL = """\
for (const app of apps) {
  app.cwd = ROOT;
  for (const name of secrets[app.name] || []) app.env[name] = need(name);
}
module.exports = { apps };
"""


def files(
    stack: str,
    apps: Sequence[App],
    identities: Iterable[str],
    origins: tuple[Origin, ...],
    needs: Iterable[str] = (),
) -> Iterator[File]:
    """`ecosystem.config.cjs` and `stack.json`; `identities` are those that need a token here."""
    secrets = {app.name: [secret.name for secret in app.secrets] for app in apps if app.secrets}
    literal = _literal([app.pm2 for app in apps])
    text = f"{_HEAD}const secrets = {_literal(secrets)};\nconst apps = {literal};\n{_TAIL}"
    yield File(f"pm2/{stack}/ecosystem.config.cjs", text, origins)
    content = {
        "version": 1,
        "stack": stack,
        "needs": list(needs),
        "identities": list(identities),
        "apps": {app.name: app.facts for app in apps},
    }
    yield File(f"pm2/{stack}/stack.json", dump(content), origins[:1])


def _literal(value: Any) -> str:
    """JSON that is also JavaScript: two line separators are no line breaks in JSON.

    A literal in a fixed wrapper: nothing of a spec is ever code.
    """
    return dump(value).rstrip().replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
