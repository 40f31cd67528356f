"""The readers of `roster verify`, on artefacts written by hand."""
