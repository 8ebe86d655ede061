"""Writes of rulebooks: drafts, two keys, going live."""
