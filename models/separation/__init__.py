"""Networks that take talkers apart."""
