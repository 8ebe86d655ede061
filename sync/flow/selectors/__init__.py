"""Reads of the flow, by what a page shows."""
