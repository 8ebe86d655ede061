"""Who can see what, and why: the answer out of register, access matrix, passes and rulebooks."""
