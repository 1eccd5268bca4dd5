"""What the scripts share: how they start, the check of what was typed, what a config means."""
