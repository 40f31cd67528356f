"""The bridge's configuration, generated/pm2/<project>/servers/<server>.json, and its secrets."""

from __future__ import annotations

import re
import shutil
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import BaseModel, Field, ValidationError

from stack.environment import passed_on

_MIN_ENCODED = 8  # characters: encodings of shorter secrets occur in much other text
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")


class Program(BaseModel, frozen=True, extra="forbid", strict=True):
    """How a server's program is started: `env` holds plain variables, `secrets` names of others."""

    server: str
    command: list[str] = Field(min_length=1)
    env: dict[str, str]
    secrets: list[str]


class Config(Program, frozen=True):
    """One server: its program, and which agent (`<project>.<agent>`) may call which tools."""

    version: Literal[1]
    project: str
    port: int = Field(gt=0, lt=65536)
    path: str = Field(pattern="^/")
    sessions: Literal["none", "sticky", "shared"]
    tools: dict[str, list[str]]

    @property
    def granted(self) -> set[str]:
        """Every tool that at least one agent may call."""
        return {tool for tools in self.tools.values() for tool in tools}


def load(path: Path) -> Config:
    """Read a file. Raises OSError, or ValueError, whose message repeats none of its values."""
    try:
        return Config.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{place or 'the file'}: {first['msg']}") from None


def environment(config: Program, caller: Mapping[str, str]) -> dict[str, str]:
    """The server's environment. Raises ValueError for a missing secret or program."""
    for name in config.secrets:
        if not caller.get(name):
            raise ValueError(f"the environment variable {name} is not set")
        if _is_binary(caller[name]):
            raise ValueError(f"the environment variable {name} is not UTF-8")
    variables = {
        **passed_on(caller),
        **config.env,
        **{name: caller[name] for name in config.secrets},
    }
    if not shutil.which(config.command[0], path=variables.get("PATH")):
        raise ValueError(f"the program {config.command[0]} is not on the PATH")
    return variables


def personal(config: Program, variables: Mapping[str, str], name: str) -> dict[str, str]:
    """The environment for the server of one agent, or of a whole project, by its name.

    `{identity}` in a plain variable becomes the name: where a server keeps its state in a file,
    separate processes alone would not separate the agents.
    """
    plain = {key: value.replace("{identity}", name) for key, value in config.env.items()}
    return {**variables, **plain}


def redactor(config: Program, caller: Mapping[str, str]) -> Callable[[str], str]:
    """A function that replaces secrets in text by `***`.

    It finds a whole secret, its lines, and the password of a URL, as of a proxy's; if they have
    eight characters or more, in base64 and URL-encoded as well.
    """
    parts = {part for name in config.secrets for part in _parts(caller[name])}
    parts = (parts | set(_proxies(caller))) - {""}
    forms = parts | {form for part in parts if len(part) >= _MIN_ENCODED for form in _encoded(part)}
    if not forms:
        return lambda text: text
    pattern = re.compile("|".join(map(_pattern, sorted(forms, key=len, reverse=True))))
    return lambda text: pattern.sub("***", text)


def _is_binary(text: str) -> bool:
    """Whether a variable has bytes that are not UTF-8, which Python turns into surrogates."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _proxies(caller: Mapping[str, str]) -> Iterator[str]:
    """The passwords of proxies, which servers get in the proxies' URLs."""
    for name, value in passed_on(caller).items():
        if name.lower().endswith("_proxy") and "@" in value:
            yield from _parts(value) - {value}


def _parts(secret: str) -> set[str]:
    """The secret, its lines, and the password of a URL."""
    try:
        password = urlsplit(secret).password or ""
    except ValueError:
        password = ""
    return {secret, *map(str.strip, secret.splitlines()), password, unquote(password)}


def _pattern(form: str) -> str:
    """A regular expression for one form of a secret; URLs have both `%2f` and `%2F`."""
    return _ESCAPE.sub(r"%(?i:\1)", re.escape(form))


def _encoded(secret: str) -> Iterator[str]:
    """A secret as URLs encode it, and as base64 does in any text that contains it."""
    raw = secret.encode()
    yield from (quote(secret, safe=""), quote(secret), quote_plus(secret))
    yield from _base64(raw)
    for before in range(3):
        # Six bits a character: characters that also encode bytes next to the secret do not count.
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        yield from (text[first:last] for text in _base64(b"\0" * before + raw))


def _base64(raw: bytes) -> tuple[str, str]:
    """In both alphabets, without padding."""
    return b64encode(raw).decode().rstrip("="), urlsafe_b64encode(raw).decode().rstrip("=")
