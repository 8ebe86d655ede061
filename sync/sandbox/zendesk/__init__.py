"""The practice Zendesk: speaks the Support API."""
