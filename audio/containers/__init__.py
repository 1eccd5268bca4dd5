"""The containers of audio files: their kind, and the amount of audio that their headers promise."""
