"""One `datagen.corpora.corpus.Corpus` in each file: names in, recordings out, no audio read."""
