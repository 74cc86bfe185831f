"""How does a message leave, and what became of it? The outbox's state machine and the
transports."""
