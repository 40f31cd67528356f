"""What the services share: HTTP on this machine, bearer tokens, JSON bodies, and A2A calls."""
