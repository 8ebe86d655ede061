"""How good the terms of an integration are in each system: filled, unique, allowed, synchronised."""
