"""The sources of corpora.

Each file has one `datagen.sources.source.Source`, or functions for downloads.
"""
