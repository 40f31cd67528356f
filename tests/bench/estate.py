"""A synthetic estate of N servers and N agents, in projects of ten and ten."""

from __future__ import annotations

import re
from pathlib import Path

PRELUDE = Path(__file__).parents[1] / "prelude.yaml"
_DIGEST = "sha256:" + "0123456789abcdef" * 4
_TOOLS = ("list_items", "get_item", "search_items", "create_item", "update_item", "delete_item")

_SERVER = """\
apiVersion: roster/v1
kind: MCPServer
metadata: {{name: server-{n}, owner: team-{p}}}
spec:
  displayName: Server {n}
  description: The service of domain {n}
  version: 1.{n}.0
  image: {{repository: ghcr.io/example/server-{n}, tag: 1.{n}.0, digest: "{digest}"}}
  transport: {{type: streamable-http, protocolVersion: "2026-07-28", sessions: none}}
  tools:
{tools}
  trust: trusted
  dataClass: internal
  secrets:
    - {{name: API_TOKEN, key: mcp/server-{n}/token}}
  egress: [api-{n}.example.com]
  env: {{LOG_LEVEL: info, REGION: eu-{n}}}
  scaling: {{minimum: 2, maximum: 10, typical: 3}}
  resources:
    requests: {{cpu: 500m, memory: 500M}}
    limits: {{cpu: "1", memory: 1G}}
"""
_AGENT = """\
apiVersion: roster/v1
kind: Agent
metadata: {{name: agent-{n}, owner: team-{p}}}
spec:
  displayName: Agent {n}
  role: domain-skill
  purpose: It looks after domain {n} for its team
  capabilities: [domain-{n}, reporting]
  model: haiku
  prompt: {{file: prompt.md, version: 1.0.0}}
  riskTier: high
  confidenceThreshold: 0.9
  servers:
{servers}
  oversight: {{mode: approval, owner: Lead of team {p}, stop: scale-to-zero}}
  image: {{repository: ghcr.io/example/agent-{n}, tag: 1.0.{n}, digest: "{digest}"}}
  script: agents/agent-{n}/dist/agent.js
  resources:
    requests: {{cpu: 500m, memory: 1G}}
    limits: {{cpu: "1", memory: 2G}}
"""
_PROJECT = """\
apiVersion: roster/v1
kind: Project
metadata: {{name: project-{p}, owner: team-{p}}}
spec:
  displayName: Project {p}
  description: What team {p} does
  clusters: [prod]
  servers: [{servers}]
  agents:
{agents}
  quota:
    agents: {{requests: {{cpu: "99", memory: 99G}}, limits: {{cpu: "99", memory: 99G}}, pods: 99}}
    servers: {{requests: {{cpu: "99", memory: 99G}}, limits: {{cpu: "99", memory: 99G}}, pods: 99}}
"""


def _tool(name: str) -> str:
    reads = name[0] in "lgs"
    hint = "readOnlyHint: true, openWorldHint: false" if reads else "destructiveHint: true"
    return f"    - {{name: {name}, description: To {name}, annotations: {{{hint}}}}}"


def _member(p: int, a: int) -> str:
    lines = [f"    - agent: agent-{p * 10 + a}", "      grants:"]
    for k in range(3):
        lines.append(f"        - server: server-{p * 10 + (a + k) % 10}")
        lines.append("          tools: [list_items, get_item, update_item]")
        lines.append("          approval: {update_item: human}")
        lines.append("          reason: the domain's records are kept up to date")
    return "\n".join(lines)


def write(root: Path, n: int) -> None:
    """Write the estate of size `n` (a multiple of ten) below `root`."""
    tools = "\n".join(map(_tool, _TOOLS))
    for p in range(n // 10):
        for a in range(10):
            i = p * 10 + a
            uses = "\n".join(f"    - server: server-{p * 10 + (a + k) % 10}" for k in range(3))
            _file(root, f"specs/mcp-servers/server-{i}.yaml", _SERVER, n=i, p=p, tools=tools)
            _file(root, f"specs/agents/agent-{i}.yaml", _AGENT, n=i, p=p, servers=uses)
        servers = ", ".join(f"server-{p * 10 + s}" for s in range(10))
        agents = "\n".join(_member(p, a) for a in range(10))
        path = f"projects/project-{p}/project.yaml"
        _file(root, path, _PROJECT, p=p, servers=servers, agents=agents)
    for text in PRELUDE.read_text(encoding="utf-8").split("---\n"):
        _common(root, text, n)
    (root / "specs/prompts").mkdir()
    (root / "specs/prompts/prompt.md").write_text("You are careful.\n", encoding="utf-8")


def _file(root: Path, path: str, template: str, **values: object) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(template.format(digest=_DIGEST, **values), encoding="utf-8")


def _common(root: Path, text: str, n: int) -> None:
    """The prelude's platform, with a budget that fits, its cluster, model and high tier."""
    kind = text.split("kind: ", 1)[1].split("\n", 1)[0]
    folder = {"Platform": "specs", "Cluster": "specs/clusters", "Model": "specs/models"}.get(kind)
    if kind == "RiskTier" and "name: high" in text:
        folder = "policies"
    if folder is None or "name: gated" in text:
        return
    text = re.sub(r"units: \d+", f"units: {n}", text)
    cpu, memory = n * 5 + 6, n * 7 + 12
    text = text.replace('{cpu: "80", memory: 106G}', f'{{cpu: "{cpu}", memory: {memory}G}}')
    total = f'{{cpu: "{cpu * 2}", memory: {memory * 2}G}}'
    text = text.replace('{cpu: "160", memory: 212G}', total)
    (root / folder).mkdir(parents=True, exist_ok=True)
    (root / folder / f"{kind.lower()}.yaml").write_text(text, encoding="utf-8")
