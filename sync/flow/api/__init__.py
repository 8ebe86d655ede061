"""The flow in the API, by noun."""
