"""One module per corpus layout: names in, recordings out, no audio read."""
