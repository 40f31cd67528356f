"""What components are built of: plain objects in a cdk8s chart, with our labels and limits.

Only the child process that builds charts imports this: cdk8s takes half a second, and Node.
"""
