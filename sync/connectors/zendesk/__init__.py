"""Zendesk Support: tickets, their audits and comments."""
