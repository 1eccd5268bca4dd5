"""What a training brings down, other than the loss of its target."""
