"""Test sets that others mixed: pairs of mixture and clean file, as a plan."""
