"""Who wants to hear what, and when? Pure."""
