"""Compliance pages, checklists, the audit plan and CODEOWNERS: generated/compliance/."""
