"""Test sets that others mixed: pairs of files, mixture and clean, as a plan like any other."""
