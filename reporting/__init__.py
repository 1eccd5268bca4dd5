"""From systems and a test plan to scores, tables, and a report."""
