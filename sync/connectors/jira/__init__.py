"""Jira Cloud (REST v3) as nine verbs."""
