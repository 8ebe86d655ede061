"""ServiceNow (Table and Attachment API) as nine verbs."""
