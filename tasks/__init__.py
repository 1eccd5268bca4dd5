"""The tasks of a training: one module per task."""
