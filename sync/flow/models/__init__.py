"""The tables of the engine, by concern."""
