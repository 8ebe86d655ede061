"""Writes of the access matrix: versions and their signature, cells, what is taken back at once, and passes."""
