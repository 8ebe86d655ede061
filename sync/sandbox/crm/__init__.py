"""A practice CRM: a business system with a plain REST interface of its own, as there are thousands."""
