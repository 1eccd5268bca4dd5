"""Speech recognition: features, networks, decoding."""
