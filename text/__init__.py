"""Words and characters: how transcripts are spelled and compared, and what reports say."""
