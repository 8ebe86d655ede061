"""Pages of dictionaries: versions and their signatures, terms, and what is taken over from systems."""
