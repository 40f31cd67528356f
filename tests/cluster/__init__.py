"""A real Kubernetes and a real Argo CD on loopback, which judge what Roster emits."""
