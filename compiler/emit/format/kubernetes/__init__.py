"""Kubernetes objects as plain data: names, labels, containers, secrets, and the file of each."""
