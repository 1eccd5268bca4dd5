"""What a network's output means, how it becomes a magnitude, and in which domain the loss is taken."""
