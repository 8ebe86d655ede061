"""Redmine (REST) as nine verbs."""
