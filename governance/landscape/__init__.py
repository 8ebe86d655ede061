"""A picture of companies, systems and connections, drawn from the data."""
