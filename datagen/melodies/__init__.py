"""Melodies of one voice: the sources of tunes, their tokens, and their sound."""
