"""What the bridge of one MCP server is told by generated/pm2/<project>/servers/<server>.json."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import BaseModel, Field, ValidationError

from stack.environment import kept

_LONG = 8  # characters: what is shorter stands encoded in too much that is no secret
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


class Program(BaseModel, frozen=True, extra="forbid", strict=True):
    """How the program of a server is started: with plain variables, and those that hold secrets."""

    server: str
    command: list[str] = Field(min_length=1)
    env: dict[str, str]
    secrets: list[str]


class Config(Program, frozen=True):
    """One server: how it is run, and which agent (`<project>.<agent>`) may call which tools."""

    version: Literal[1]
    project: str
    port: int = Field(gt=0, lt=65536)
    path: str = Field(pattern="^/")
    sessions: Literal["none", "sticky", "shared"]
    tools: dict[str, list[str]]

    @property
    def granted(self) -> set[str]:
        """Every tool that somebody may call."""
        return {tool for tools in self.tools.values() for tool in tools}


def load(path: Path) -> Config:
    """Read a file. Raises OSError, or ValueError with one line that repeats none of its values."""
    try:
        return Config.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place or 'the file'}: {first['msg']}") from None


def environment(config: Program, caller: Mapping[str, str]) -> dict[str, str]:
    """The server's environment. Raises ValueError for a secret or a program that is not there."""
    for name in config.secrets:
        if not caller.get(name):
            raise ValueError(f"the environment variable {name} is not set")
        if _torn(caller[name]):
            raise ValueError(f"the environment variable {name} is not UTF-8")
    made = {**kept(caller), **config.env, **{name: caller[name] for name in config.secrets}}
    if not shutil.which(config.command[0], path=made.get("PATH")):
        raise ValueError(f"the program {config.command[0]} is not on the PATH")
    return made


def personal(config: Program, variables: Mapping[str, str], name: str) -> dict[str, str]:
    """The environment for the server of one agent, or of a whole project, by its name.

    Where a server keeps its state in a file, processes of their own do not part the agents: the
    value of a plain variable may name the agent as `{identity}`.
    """
    plain = {key: value.replace("{identity}", name) for key, value in config.env.items()}
    return {**variables, **plain}


def blotter(config: Program, caller: Mapping[str, str]) -> Callable[[str], str]:
    """A function that takes secrets out of text: whole, by line, and the password of a URL, as that
    of a proxy is.

    Those of eight characters or more are found in base64 and URL-encoded as well.
    """
    parts = {part for name in config.secrets for part in _parts(caller[name])}
    parts = (parts | set(_proxies(caller))) - {""}
    forms = parts | {form for part in parts if len(part) >= _LONG for form in _encoded(part)}
    if not forms:
        return lambda text: text
    pattern = re.compile("|".join(map(_pattern, sorted(forms, key=len, reverse=True))))
    return lambda text: pattern.sub("***", text)


def _torn(text: str) -> bool:
    """Whether it has bytes that are no text, which Python shows as halves of characters."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _proxies(caller: Mapping[str, str]) -> Iterator[str]:
    """The passwords for proxies, which servers get with the addresses."""
    for name, value in kept(caller).items():
        if name.lower().endswith("_proxy") and "@" in value:
            yield from _parts(value) - {value}


def _parts(secret: str) -> set[str]:
    try:
        password = urlsplit(secret).password or ""
    except ValueError:
        password = ""
    return {secret, *map(str.strip, secret.splitlines()), password, unquote(password)}


def _pattern(form: str) -> str:
    """What matches a form of a secret; URLs write `%2f` and `%2F`."""
    return _ESCAPE.sub(r"%(?i:\1)", re.escape(form))


def _encoded(secret: str) -> Iterator[str]:
    """A secret as URLs have it, and as base64 does of any text that it stands in."""
    raw = secret.encode()
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield from _base64(raw)
    for before in range(3):
        # Six bits a character: those that bytes before or after the secret have part in are left.
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        yield from (text[first:last] for text in _base64(b"\0" * before + raw))


def _base64(raw: bytes) -> tuple[str, str]:
    """In both alphabets, without padding."""
    return b64encode(raw).decode().rstrip("="), urlsafe_b64encode(raw).decode().rstrip("=")
