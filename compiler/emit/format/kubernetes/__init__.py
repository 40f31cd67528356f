"""Kubernetes objects as plain data, for emitters and charts: files, labels, containers, workloads,
network policies, secrets, and the proxies of gateways."""
