"""What only helps to write files: YAML, JSON, Markdown and CEL."""
