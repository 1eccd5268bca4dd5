"""From systems and a test plan to scores."""
