"""The practice Jira Cloud: speaks REST v3 and v2, webhooks and a page for people."""
