"""The agent registry, over generated/registry/registry.json."""
