"""The services of a laptop, a package each: none imports another."""
