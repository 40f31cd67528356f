"""Claude Code's permissions: tools that it calls, asks about, or never calls.

`deny` comes before `ask`, and `ask` before `allow`; a tool on no list is asked about, unless the
mode says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from compiler.verify.artefacts import Artefacts, Malformed, Node, from_json
from compiler.verify.callers import UNDECLARED
from compiler.verify.clients import files, granted, without_package
from compiler.verify.relation import Call, Fault, Finding, Report, compare
from compiler.verify.specs import Estate

FILE = ".claude/settings.json"
UNLISTED = {"bypassPermissions": "none", "dontAsk": "never"}
"""What happens to a tool on no list; in every other mode a human is asked."""


def read(estate: Estate, artefacts: Artefacts) -> Report:
    """Compare the tools that Claude Code calls for each agent; it can ask a human."""
    findings: list[Finding] = []
    for project, agent, path in files(artefacts, FILE):
        servers = path.removesuffix(FILE) + ".mcp.json"
        try:
            settings = from_json(artefacts.files[path], path)
            started = from_json(artefacts.files.get(servers, "{}"), servers)["mcpServers"].names()
            who = Call("", project, agent, "", "", "")
            findings += tuple(_calls(estate, who, settings["permissions"], started))
        except Malformed as wrong:
            findings.append(Fault(str(wrong)))
    wanted = [call for call in granted(estate) if estate.servers[call.server].package]
    unusable = without_package(estate)
    return compare("clients", findings, wanted, approvals=True, inexpressible=unusable)


def _calls(estate: Estate, who: Call, settings: Node, started: tuple[str, ...]) -> Iterator[Call]:
    """The tools of the servers that the client starts, each with the lists' approval."""
    for server in started:
        declared = estate.servers[server].tools if server in estate.servers else ()
        for tool in (*declared, UNDECLARED):
            name = f"mcp__{server}__{tool}"
            approval = _approval(settings, server, name, listed_only=tool == UNDECLARED)
            if approval != "never":
                yield who._replace(server=server, tool=tool, approval=approval)


def _approval(settings: Node, server: str, name: str, *, listed_only: bool) -> str:
    """Whether a tool is called without asking, after asking, or never.

    A tool that the server does not declare is asked about at worst, so that only a list counts.
    """
    mode = settings["defaultMode"].text()
    asked = "never" if mode == "dontAsk" else "human"
    for list, result in (("deny", "never"), ("ask", asked), ("allow", "none")):
        if any(_means(rule, server, name) for rule in settings[list].texts()):
            return result
    unlisted = UNLISTED.get(mode, "human")
    return "never" if listed_only and unlisted == "human" else unlisted


def _means(rule: str, server: str, name: str) -> bool:
    """A rule names a tool, a server with all its tools, or a pattern with `*`."""
    return rule in (name, f"mcp__{server}") or ("*" in rule and fnmatchcase(name, rule))
