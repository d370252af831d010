"""How each simulated operating system answers, one file each."""
