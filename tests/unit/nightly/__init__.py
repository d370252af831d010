"""The run of every night: what other programs read of it, and what starts it."""
