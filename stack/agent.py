"""
The program of an agent: `python stack/agent.py`, configured by its environment.

Its grants are in the file ACCESS, its servers in MCP_CONFIG; the servers' bridges refuse any other
call. Without AGENT_PROJECT it is the platform's orchestrator, which gives each task to an agent
that has the capability.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stack.services.agent.app import Agent, app, card
from stack.services.agent.executor import Conversations, Executor, Orchestration
from stack.services.agent.model import Model
from stack.services.agent.toolbox import Toolbox
from stack.web.server import env, fail, serve
from stack.web.tokens import Tokens


def worker(access: Mapping[str, Any], tokens: Tokens) -> tuple[Agent, Executor]:
    """An agent with a model, its tools and its delegates.

    Raises OSError, KeyError, ValueError for a missing file, or an invalid one.
    """
    project, name, model = access["project"], access["agent"], access["model"]
    identity = f"{project}.{name}"
    if model["provider"] != "anthropic":
        raise ValueError(f"stack/agent.py supports no models of {model['provider']}")
    url = os.environ.get("MODEL_URL") or f"https://{model['endpoint']}"
    language_model = Model(
        model["id"], url, env(model["credential"]), int(model["maxOutputTokens"])
    )
    delegates = tuple(access["delegatesTo"])
    token = tokens.token(identity)
    toolbox = Toolbox(access["tools"], Path(env("MCP_CONFIG")), token, delegates)
    prompt = Path(access["prompt"]).read_text(encoding="utf-8")
    threshold = float(access["confidenceThreshold"])
    executor = Conversations(identity, prompt, threshold, language_model, toolbox, token)
    return Agent(identity, tokens, toolbox), executor


def main() -> None:
    """Serve on PORT until a signal."""
    tokens, port, project = Tokens(env("ROSTER_TOKENS")), int(env("PORT")), ""
    try:
        if os.environ.get("AGENT_PROJECT"):
            access = json.loads(Path(env("ACCESS")).read_text(encoding="utf-8"))
            project = str(access["project"])
            agent, executor = worker(access, tokens)
        else:
            identity = f"platform.{env('AGENT_ID')}-agent"
            access = {"card": "", "displayName": "Orchestrator", "purpose": "Delegates tasks"}
            agent = Agent(identity, tokens, None)
            executor = Orchestration(tokens.token(identity), env("REGISTRY_URL"))
        served = app(agent, executor, card(access, port), tokens, project)
    except (OSError, ValueError, KeyError, TypeError) as error:
        fail(f"this agent cannot start: {type(error).__name__}: {error}")
    serve(served, port)


if __name__ == "__main__":
    main()
