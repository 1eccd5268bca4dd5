"""Options: their spelling on a command line, their meaning to a run, and the objects they make."""
