"""Writes of the RACI: versions and their signatures, cells, rows and columns."""
