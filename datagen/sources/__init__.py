"""Where corpora come from.

One `datagen.sources.source.Source` in each file, and what fetching takes.
"""
