"""What registries start with: generated/registry/."""
