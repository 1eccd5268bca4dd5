"""Networks that classify the sound in a clip."""
