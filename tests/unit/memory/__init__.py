"""What is remembered, and how a person lowers it."""
