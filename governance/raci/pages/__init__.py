"""Pages of the RACI."""
