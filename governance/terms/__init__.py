"""The page of one term: what it means, and its path through all systems of an integration."""
