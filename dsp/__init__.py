"""Signal processing in pure torch: the last axis is time or frame, no I/O, no configuration."""
