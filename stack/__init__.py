"""
The local stack: what `make up STACK=<project>` runs on a laptop, from generated/ and specs/ alone.

    python -m stack     up, down, status, env: makes PM2's processes what generated/pm2/ says
    bridge.py           one stdio MCP server as Streamable HTTP, open to who is granted its tools
    registry.py         the agent registry, over generated/registry/registry.json
    context.py          the shared memory of agents, over Redis and generated/context/spaces.json
    agent.py            an agent: an A2A server with a model and the tools that it is granted
    engine.py           runs generated/workflows/ with LangGraph and the stack's agents
    engine_bus.py       starts runs by the events of Redis streams
    peers.py            work handed to another agent, in A2A
    tokens.py           the bearer tokens by which agents are known to all of them
    service.py          how each of them serves HTTP

It runs in an environment of its own (.venv/stack), and knows nothing of the compiler.
"""
