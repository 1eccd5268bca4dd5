"""Melodies of one voice: where tunes come from, what they are as tokens, how they sound."""
