"""Losses that a training may minimise instead of the loss of its target."""
