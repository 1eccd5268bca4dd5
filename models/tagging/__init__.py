"""Networks that name what is heard in a clip."""
