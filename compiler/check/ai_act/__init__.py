"""Checks of the duties of the EU AI Act, and of the evidence for them."""
