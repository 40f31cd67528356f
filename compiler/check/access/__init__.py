"""Checks of grants, ceilings, approvals, owners and what each layer can enforce."""
