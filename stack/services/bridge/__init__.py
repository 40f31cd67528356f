"""One stdio MCP server as Streamable HTTP, for the agents that are granted its tools."""
