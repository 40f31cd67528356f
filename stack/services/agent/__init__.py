"""An agent: an A2A server with a model and the tools that it is granted."""
