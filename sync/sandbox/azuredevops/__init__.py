"""Azure DevOps work items for practice: the REST API 7.1 of one organisation with two projects."""
