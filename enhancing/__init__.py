"""Recordings of any format -> enhanced recordings of the same format."""
