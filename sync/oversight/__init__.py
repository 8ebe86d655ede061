"""What is seen from outside one's own sides: connections that an integrator oversees, and content lent for a time."""
