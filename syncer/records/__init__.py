"""What do all sources together say of one thing, and what changed? Pure."""
