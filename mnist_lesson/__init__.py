"""A lesson on reading handwritten digits."""
