"""The lists of the register: what each shows, what may be edited in bulk, what is imported."""
