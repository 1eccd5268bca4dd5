"""Files on disk: written whole, owned by one process, checked, and identified by their content."""
