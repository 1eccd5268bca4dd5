"""Storages of rendered mixtures on disk: one file per signal, or many mixtures in a shard."""
