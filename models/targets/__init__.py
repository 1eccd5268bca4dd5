"""Targets: the meaning of a network's output, its estimate, and the domain of the loss."""
