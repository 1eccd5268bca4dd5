"""From corpora to mixtures: recordings tables, the mixing plan, and audio rendered from it."""
