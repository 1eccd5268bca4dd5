"""Networks that separate the talkers in a mixture."""
