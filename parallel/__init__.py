"""Parallel work: threads, child processes, and their shared memory."""
