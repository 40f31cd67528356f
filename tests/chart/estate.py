"""A small estate with every component of the platform, and with context spaces."""

from __future__ import annotations

from compiler.pipeline import Compilation, compile
from tests.estate import PRELUDE, TODAY, sources

EACH = "resources: {requests: {cpu: 100m, memory: 200M}, limits: {cpu: 200m, memory: 400M}}"
_DIGEST = "sha256:" + "0123456789abcdef" * 4


def _component(name: str, more: str = "") -> str:
    image = f"image: {{repository: ghcr.io/example/{name}, tag: 1.0.0, digest: {_DIGEST}}}"
    return f"{{{image}, {EACH}{more}}}"


_KEPT = ", size: 1Gi, retention: 10d"
_SLACK = ', size: 1Gi, slack: {channel: "#alerts", webhook: {name: HOOK, key: slack}}'
COMPONENTS = f"""\
  components:
    registry: {_component("registry", ", replicas: 2")}
    registryDatabase: {_component("postgres", ", size: 1Gi")}
    workflowEngine: {_component("engine")}
    workflowDatabase: {_component("postgres", ", size: 1Gi")}
    collector: {_component("collector", ", replicas: 2")}
    prometheus: {_component("prometheus", _KEPT)}
    loki: {_component("loki", _KEPT)}
    grafana: {_component("grafana")}
    alertmanager: {_component("alertmanager", _SLACK)}
"""
_ROW = (
    "      - name: Rest\n        component: infrastructure\n        pods: 12\n"
    "        each: {requests: {cpu: 100m, memory: 200M}, limits: {cpu: 200m, memory: 400M}}\n"
)
ROOMY = {
    "    total:\n": f"{_ROW}    total:\n",
    'cpu: "80", memory: 106G': 'cpu: "81.2", memory: 108400M',
    'cpu: "160", memory: 212G': 'cpu: "162.4", memory: 216800M',
    '{requests: {cpu: "2", memory: 4G}, limits: {cpu: "4", memory: 8G}}\n  registry': (
        '{requests: {cpu: "1", memory: 2G}, limits: {cpu: "2", memory: 4G}}\n  registry'
    ),
}
SPACES = """\
apiVersion: roster/v1
kind: ContextSpace
metadata: {name: cases, owner: payments-team}
spec:
  description: Cases
  readers: [financial]
  writers: [{agent: financial}]
  ttl: 1h
  dataClass: internal
---
apiVersion: roster/v1
kind: ContextSpace
metadata: {name: rates, owner: payments-team}
spec:
  description: Rates that others keep
  readers: [financial]
  writers: [{agent: keeper}]
  ttl: 1h
  dataClass: public
"""
_DOCUMENTS = PRELUDE.read_text(encoding="utf-8").split("---\n")
KEEPER = next(d for d in _DOCUMENTS if "kind: Agent\n" in d)
KEEPER = KEEPER.replace("name: financial", "name: keeper")
KEEPER = KEEPER.replace("  servers: [{server: stripe}]\n", "")
PROJECT = next(d for d in _DOCUMENTS if "kind: Project\n" in d)
PROJECT = PROJECT.replace(
    "  agents:\n    - agent", "  agents:\n    - agent: keeper\n    - agent", 1
)


def platform(components: str = COMPONENTS, **changes: str) -> str:
    """The prelude's Platform with components, and other texts replaced."""
    text = _DOCUMENTS[0]
    text = text.replace("  budget:\n", f"{components}  budget:\n")
    for old, new in {**ROOMY, **changes}.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def blocks(*more: str) -> tuple[str, ...]:
    """The whole of the estate."""
    return (platform(), SPACES, KEEPER, PROJECT, *more)


def compiled(*documents: str, **options: object) -> Compilation:
    """It compiled."""
    files = sources(documents)
    files.pop("projects/flashfusion/prelude-project-flashfusion.yaml", None)
    return compile(files.values(), today=TODAY, **options)  # type: ignore[arg-type]
