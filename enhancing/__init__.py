"""Recordings of any kind to the same, enhanced."""
