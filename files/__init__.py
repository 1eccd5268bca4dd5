"""Files on disk: whole or not there, owned, checked, named by their content."""
