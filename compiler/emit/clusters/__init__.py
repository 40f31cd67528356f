"""The objects of clusters: what is written below generated/clusters/.

Each module or folder here is an emitter, and none knows another: workloads (agents, servers, their
namespaces), the gateways of each product, rights, policies, scans, and Argo CD, which delivers the
objects of all. The parts of objects that they share are in emit/format/kubernetes.
"""
