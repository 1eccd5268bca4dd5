"""Words and characters: how transcripts are spelled, and how they are compared."""
