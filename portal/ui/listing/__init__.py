"""Long lists: declared once by a room, then filtered, sorted, saved, exported, edited in bulk and imported."""
