"""Vectors of texts, for search by meaning: `python -m stack.embeddings` computes them."""
