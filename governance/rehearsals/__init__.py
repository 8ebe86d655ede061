"""Rehearsals of access matrices and dictionaries; those of rules belong to the rulebook, which has the tables."""
