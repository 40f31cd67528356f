"""Checks of images, packages, models and the tools that servers list."""

CHECKS = (
    "embedding_missing",
    "embeddings_invalid",
    "image_floating",
    "image_prefix_unused",
    "image_unpinned",
    "model_floating",
    "model_retired",
    "model_retiring",
    "model_unused",
    "package_unpinned",
    "tool_collision",
    "tool_contradiction",
    "tool_drift",
    "tool_image_unpinned",
    "tool_lock_stale",
    "tool_twice",
    "tool_unlabelled",
)
"""The modules of this folder, each one check."""
