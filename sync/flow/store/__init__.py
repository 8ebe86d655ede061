"""The engine's memory in PostgreSQL."""
