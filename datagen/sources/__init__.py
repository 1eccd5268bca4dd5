"""The sources of corpora.

One `datagen.sources.source.Source` in each file, and the functions that fetching needs.
"""
