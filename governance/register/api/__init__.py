"""The register in the API, by noun."""
