"""Words and characters: the spelling of transcripts, and the words of reports."""
