"""Learning rates planned to the end of a training, one in a file."""
