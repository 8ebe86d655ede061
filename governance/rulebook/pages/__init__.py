"""Pages of rulebooks: the editor, versions and their differences, and what both companies sign."""
