"""The practice ServiceNow: Table and Attachment API over SQLite."""
