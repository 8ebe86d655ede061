"""Any system with a REST interface, declared by its company in a form."""
