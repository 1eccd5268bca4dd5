"""Work side by side: threads, child processes, memory that they share."""
