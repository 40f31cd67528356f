"""
The local stack: what `make up STACK=<project>` runs on a laptop, from generated/ and specs/ alone.

    python -m stack     up, down, status, env: makes PM2's processes match generated/pm2/

    agent.py  bridge.py  context.py  engine.py  registry.py
                        the programs that PM2 starts; each reads its environment, and serves
    services/           what they serve, a package each; no service imports another
      agent/              an A2A server with a model and the tools that it is granted
      bridge/             one stdio MCP server as Streamable HTTP, for the agents granted its tools
      context/            the shared memory of agents, over Redis and generated/context/spaces.json
      engine/             runs generated/workflows/ with LangGraph, by calls and by events of Redis
      registry/           the agent registry, over generated/registry/registry.json
    pm2/                what `python -m stack` does: compare, start, stop, wait, report
    embeddings/         vectors of texts, for search by meaning (`make embeddings`)
    web/                what services share: HTTP server, bearer tokens, JSON bodies, A2A client
    environment.py      which variables of the caller the programs get
    errors.py           the error that ends a command

It runs in an environment of its own (.venv/stack), and does not import the compiler. Imports point
down this list (contracts in pyproject.toml).
"""
