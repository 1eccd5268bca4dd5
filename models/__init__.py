"""Everything that enhances: networks, their targets, the module that trains them, baselines."""
