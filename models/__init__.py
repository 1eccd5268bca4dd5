"""Everything that learns or enhances: networks, targets, what trains them, baselines."""
