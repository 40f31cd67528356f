"""Checks of images, packages, models and the tools that servers list."""
