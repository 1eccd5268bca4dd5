"""What a network's output means, how it becomes a magnitude, and where the loss is taken."""
