"""Writes of dictionaries: terms of a draft, versions, signatures, and what is taken over from systems."""
