"""Azure DevOps work items (REST 7.1) as nine verbs."""
