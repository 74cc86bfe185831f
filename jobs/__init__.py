"""One thin file per scheduled job: `run(desk)` does it once, takes no decision, and may be run
twice."""
