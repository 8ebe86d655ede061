"""Request Tracker (REST 2) as nine verbs."""
