"""The workflow engine: runs generated/workflows/ with LangGraph and the stack's agents."""
