"""What a training may learn: one module per task."""
