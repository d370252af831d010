"""How netintegrity reaches a machine: the bundle for a jump host without internet."""
