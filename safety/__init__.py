"""What keeps files and configs safe: atomic writes, fingerprints, the one door from config to object."""
