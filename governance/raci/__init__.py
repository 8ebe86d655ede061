"""Who does what in an integration: responsible, accountable, consulted, informed, quality reviewer."""
