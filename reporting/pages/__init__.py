"""From tables, figures and sounds to pages."""
