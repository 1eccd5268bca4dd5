"""Where corpora come from: one `datagen.sources.source.Source` in each file, and what fetching takes."""
