"""Systems that need no training."""
