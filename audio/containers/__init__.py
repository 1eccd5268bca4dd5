"""What audio files say about themselves: their kind, and how much sound they promise."""
