"""Kubernetes objects and Argo CD applications: what is written below generated/clusters/."""
