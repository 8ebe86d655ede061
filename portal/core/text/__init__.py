"""Text that travels between trackers: Markdown is the hub, each other language is read into and out of it."""
