"""How is a page fetched politely, and kept? One HTTP client, pacing, robots, bot checks, the
archive of bytes."""
