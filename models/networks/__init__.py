"""One architecture per file: magnitudes in, one magnitude estimate per stage out."""
