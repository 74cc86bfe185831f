"""One thin file per scheduled job: `run(app)` does it once, takes no decision, and may be run
twice."""
