"""Shared parts of the scripts: their start, the check of their options, the meaning of a config."""
