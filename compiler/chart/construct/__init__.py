"""What components are built of: cdk8s-plus' typed objects with our labels, limits and walls.

Only the child process that builds charts imports this: cdk8s takes half a second, and Node.
"""
