"""How rendered mixtures lie on disk: one file per signal, or many mixtures in a shard."""
