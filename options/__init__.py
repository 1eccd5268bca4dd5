"""What is typed: how an option is written, and which object it becomes."""
