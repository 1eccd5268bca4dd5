"""What the scripts share: their entry, the check of what was typed, and the data that a config describes."""
