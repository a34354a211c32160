"""Is the large model worth it? `judge` reads a store and answers task by task and overall."""
