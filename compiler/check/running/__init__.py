"""Checks of names, ports, secrets, transports and what runs where."""
