"""Schedules of the learning rate over a whole training, one per file."""
