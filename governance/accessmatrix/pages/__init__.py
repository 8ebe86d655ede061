"""The pages of the access matrix: versions, spreadsheet, who can see what and why, access for a time."""
